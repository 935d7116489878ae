const { consoleOverhead } = await import('/work/wt/console/tools/bench/scenarios/console-overhead.ts');
const { renderReport } = await import('/work/wt/console/tools/bench/report.ts');
console.log(renderReport(await consoleOverhead.run()));
