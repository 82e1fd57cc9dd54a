#!/usr/bin/env sh
':' //; heard=; trap 'heard=1' HUP; kill -HUP $$; if [ "$heard" ]; then unset ESCARP_HANGUP; else export ESCARP_HANGUP=ignored; fi; exec node "$0" "$@"
// To Node the line above is a string and a comment. A shell that runs it looks, before Node gives every signal its default
// action, whether SIGHUP is ignored, as `nohup` arranges it: then its trap is never called.
import '../dist/index.js';
