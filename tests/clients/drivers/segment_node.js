// @segment/analytics-node: arguments are host, key and how many events.
const { Analytics } = require("@segment/analytics-node");
const [host, key, n] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const failures = [];
const analytics = new Analytics({ writeKey: key, host, flushAt: 100, flushInterval: 200, maxRetries: 10 });
analytics.on("error", (error) => failures.push(error));
(async () => {
  for (let number = 0; number < n; number++) {
    analytics.track({ userId: `u${number % 100}`, event: `e${number}`, properties: { n: number } });
    if (number % 1000 === 999) await new Promise((done) => setTimeout(done, 50));
  }
  await analytics.closeAndFlush();
  if (failures.length) { console.error(failures); process.exit(1); }
})();
