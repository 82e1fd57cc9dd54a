#!/usr/bin/env node
import '../dist/recorder.js';
