#!/usr/bin/env node
import '@escarp/mcp';
