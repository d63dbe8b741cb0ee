// @rudderstack/rudder-sdk-node: arguments are host, key and how many events.
const Analytics = require("@rudderstack/rudder-sdk-node");
const [host, key, n] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const analytics = new Analytics(key, { dataPlaneUrl: host, flushAt: 100, flushInterval: 200, maxQueueSize: 1 << 24, retryCount: 10 });
let answered = 0;
(async () => {
  for (let number = 0; number < n; number++) {
    analytics.track({ userId: `u${number % 100}`, event: `e${number}`, properties: { n: number } }, (error) => {
      if (error) { console.error(error); process.exit(1); }
      answered++;
    });
    if (number % 100 === 99) await analytics.flush();
  }
  while (answered < n) { await analytics.flush(); await new Promise((done) => setTimeout(done, 50)); }
  process.exit(0);
})();
