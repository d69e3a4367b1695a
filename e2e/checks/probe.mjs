// Opens connections from the network namespace it is started in, and says of each what came of it: `connected`, `refused`
// (the policies let it through, and nobody listens), `silent` (they do not), or the code of what else went wrong.
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';

const SILENCE = Number(process.argv[2]);
const REFUSALS = ['ECONNREFUSED', 'ECONNRESET'];

function tryTcp({ address, port }) {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(SILENCE, () => end('silent'));
    socket.on('connect', () => end('connected'));
    socket.on('error', ({ code }) => end(REFUSALS.includes(code) ? 'refused' : code));
  });
}

/** The question of DNS for the address of a name that every cluster has. */
function question(id) {
  const name = ['kubernetes', 'default', 'svc', 'cluster', 'local'];
  const header = Buffer.from([id >> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  const labels = name.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([header, ...labels, Buffer.from([0, 0, 1, 0, 1])]);
}

/** Whether it answers that very question, with an address. */
function isAnswer(message, asked) {
  const answers = message.readUInt16BE(6);
  return message.subarray(0, 2).equals(asked.subarray(0, 2)) && (message[2] & 128) !== 0 && answers > 0;
}

/** Packets may be lost: it asks four times. */
function tryDns({ address, port }) {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const asked = question(1 + Math.floor(Math.random() * 65_000));
    const ask = () => socket.send(asked);
    let timers = [];
    const end = (answer) => {
      timers.forEach(clearTimeout);
      socket.close();
      resolve(answer);
    };
    socket.on('message', (message) => end(isAnswer(message, asked) ? 'connected' : 'EBADANSWER'));
    socket.on('error', ({ code }) => end(REFUSALS.includes(code) ? 'refused' : code));
    socket.connect(port, address, () => {
      ask();
      timers = [...[1, 2, 3].map((part) => setTimeout(ask, (SILENCE * part) / 4)), setTimeout(end, SILENCE, 'silent')];
    });
  });
}

let text = '';
for await (const chunk of process.stdin) text += chunk;
const attempts = JSON.parse(text).map((target) => (target.protocol === 'UDP' ? tryDns(target) : tryTcp(target)));
console.log(JSON.stringify(await Promise.all(attempts)));
