// Stands in the place of a server: says as JSON what it can reach there.
import fs from 'node:fs';
import net from 'node:net';
import dgram from 'node:dgram';

const homes = process.argv[2].split(',');
const ports = process.argv[3].split(',').map(Number);
const readable = [];
for (const home of homes) {
  for (const path of ['.ssh', '.aws', '.config/gh', '.claude', '.netrc']) {
    const full = `${home}/${path}`;
    try {
      if (fs.statSync(full).isDirectory()) {
        for (const name of fs.readdirSync(full)) fs.readFileSync(`${full}/${name}`);
        if (fs.readdirSync(full).length > 0) readable.push(full);
      } else {
        fs.readFileSync(full);
        readable.push(full);
      }
    } catch { /* hidden */ }
  }
}

// Its own variables, and those of every process that it can see.
const variables = Object.keys(process.env).filter((name) => /^AWS_|SECRET/.test(name));
for (const pid of fs.existsSync('/proc') ? fs.readdirSync('/proc') : []) {
  try {
    const text = fs.readFileSync(`/proc/${pid}/environ`, 'latin1');
    for (const pair of text.split('\0')) {
      if (/^AWS_|^\w*SECRET/.test(pair)) variables.push(`${pid}:${pair.split('=')[0]}`);
    }
  } catch { /* not ours */ }
}

const connect = (host, port) => new Promise((done) => {
  const socket = net.connect({host, port, timeout: 2000});
  const end = (reached) => { socket.destroy(); done(reached); };
  socket.on('connect', () => end(true));
  socket.on('error', () => end(false));
  socket.on('timeout', () => end(false));
});
const send = (host, port) => new Promise((done) => {
  const socket = dgram.createSocket(host.includes(':') ? 'udp6' : 'udp4');
  socket.on('error', () => done(false));
  socket.send('x', port, host, (error) => { socket.close(); done(!error); });
});
const reached = [];
for (const host of ['127.0.0.1', '::1', '192.0.2.1', '192.0.2.10', '2001:db8::1']) {
  for (const port of ports) if (await connect(host, port)) reached.push(`tcp ${host} ${port}`);
  if (!/^(127|::1)/.test(host) && await send(host, 9)) reached.push(`udp ${host}`);
}
for (const path of ['/run/docker.sock', '/var/run/docker.sock', '/run/user/1234/bus']) {
  if (fs.existsSync(path)) reached.push(path);
}
console.log(JSON.stringify({readable, variables, reached, temp: fs.readdirSync('/tmp').length}));
