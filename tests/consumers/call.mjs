// A small MCP client: starts a server, calls one tool, prints what came back.
//   node call.mjs TOOL ARGUMENTS-AS-JSON COMMAND [ARGUMENT…]
import { spawn } from 'node:child_process';

const [tool, args, command, ...words] = process.argv.slice(2);
const server = spawn(command, words, { stdio: ['pipe', 'pipe', 'inherit'] });
const send = (message) => server.stdin.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\n');
let done = false;

function end(code) {
  done = true;
  server.stdin.end();
  setTimeout(() => server.kill(), 500);
  process.exitCode = code;
}

function answer(message) {
  if (message.id === 1) {
    send({ method: 'notifications/initialized' });
    send({ id: 2, method: 'tools/call', params: { name: tool, arguments: JSON.parse(args) } });
  } else if (message.id === 2) {
    console.log(JSON.stringify(message.result ?? message.error));
    end(message.result && !message.result.isError ? 0 : 1);
  } else if (message.method && message.id !== undefined) {
    send({ id: message.id, error: { code: -32601, message: 'not supported' } });
  }
}

let buffer = '';
server.stdout.on('data', (data) => {
  buffer += data;
  for (let at = buffer.indexOf('\n'); at >= 0; at = buffer.indexOf('\n')) {
    const line = buffer.slice(0, at);
    buffer = buffer.slice(at + 1);
    if (line.trim()) answer(JSON.parse(line));
  }
});
server.on('error', (error) => { console.error(String(error)); process.exit(1); });
server.on('exit', () => { if (!done) process.exit(1); });
setTimeout(() => { console.error('no answer'); server.kill('SIGKILL'); process.exit(1); }, 60000).unref();
send({
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
});
