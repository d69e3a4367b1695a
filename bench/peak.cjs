// Preloaded into the measured process: its peak memory in KiB, as the kernel saw it, into the file KEELSON_BENCH_PEAK.
const { writeFileSync } = require('node:fs');

process.on('exit', () => writeFileSync(process.env.KEELSON_BENCH_PEAK, String(process.resourceUsage().maxRSS)));
