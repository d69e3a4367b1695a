// Tries TCP connections from the network namespace it is started in. An answer of any kind, a refusal too, means that the
// policies let it through; silence means that they do not.
import { connect } from 'node:net';

const SILENCE = Number(process.argv[2]);

function attempt({ address, port }) {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (open) => {
      socket.destroy();
      resolve({ address, port, open });
    };
    socket.setTimeout(SILENCE, () => end(false));
    socket.on('connect', () => end(true));
    socket.on('error', ({ code }) => end(code === 'ECONNREFUSED' || code === 'ECONNRESET'));
  });
}

let text = '';
for await (const chunk of process.stdin) text += chunk;
console.log(JSON.stringify(await Promise.all(JSON.parse(text).map(attempt))));
