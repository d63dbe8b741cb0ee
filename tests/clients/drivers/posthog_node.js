// posthog-node: arguments are host, key and how many events.
const { PostHog } = require("posthog-node");
const [host, key, n] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const failures = [];
const client = new PostHog(key, { host, flushAt: 100, flushInterval: 500, maxQueueSize: n + 100, fetchRetryCount: 10, fetchRetryDelay: 300 });
client.on("error", (error) => failures.push(error));
(async () => {
  for (let number = 0; number < n; number++) {
    client.capture({ distinctId: `u${number % 100}`, event: `e${number}`, properties: { n: number } });
    if (number % 1000 === 999) await new Promise((done) => setTimeout(done, 50));
  }
  await client.shutdown(120000);
  if (failures.length) { console.error(failures); process.exit(1); }
})();
