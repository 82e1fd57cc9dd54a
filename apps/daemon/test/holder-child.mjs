// An agent in a process of its own: leases a slot, reports it in one line of JSON, and renews until it is killed.
const [url, holder] = process.argv.slice(2);
process.stdin.on('end', () => process.exit(1)).resume();

async function post(path, body) {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.json();
}

// A daemon that is killed in the meantime never answers; the test then ends this process.
const lease = await post('/acquire', { holder, wait_s: 60 }).catch(() => process.exit(1));
process.stdout.write(`${JSON.stringify(lease)}\n`);
setInterval(() => {
  post('/heartbeat', { lease_token: lease.lease_token }).catch(() => {});
}, lease.heartbeat_interval_s * 1000);
