#!/usr/bin/env node
// npm links it into node_modules/.bin. A package of its own, since those of npm's registry include one of this name.
import '../cli/compose.ts';
