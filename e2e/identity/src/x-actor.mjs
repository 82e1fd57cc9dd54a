// What an agent's screen control does, as a program of its own: it finds its display by DISPLAY and XAUTHORITY alone.
import x11 from 'x11';

const [action = '', ...numbers] = process.argv.slice(2);
const [first = 0, second = 0] = numbers.map(Number);

const { client, screen } = await new Promise((resolve, reject) => {
  x11.createClient((error, display) =>
    error ? reject(error) : resolve({ client: display.client, screen: display.screen[0] }),
  );
});
const ask = (send) =>
  new Promise((resolve, reject) => {
    send((error, value) => {
      if (error) reject(error);
      else resolve(value);
      return true;
    });
  });

const actions = { click, cover, owner };
process.stdout.write(`${JSON.stringify((await actions[action](first, second)) ?? null)}\n`);
if (action === 'cover') await new Promise((resolve) => process.stdin.resume().once('end', resolve));
client.terminate();

/** Moves this display's pointer and presses its left button, by XTEST; says where the pointer then is. */
async function click(x, y) {
  const test = await ask((done) => client.require('xtest', done));
  test.FakeInput(test.MotionNotify, 0, 0, screen.root, x, y);
  test.FakeInput(test.ButtonPress, 1, 0, 0, 0, 0);
  test.FakeInput(test.ButtonRelease, 1, 0, 0, 0, 0);
  const { rootX, rootY } = await ask((done) => client.QueryPointer(screen.root, done));
  return { x: rootX, y: rootY };
}

/** Another program's window lies over everything until standard input ends. */
async function cover() {
  const id = client.AllocID();
  const { pixel_width: width, pixel_height: height } = screen;
  client.CreateWindow(id, screen.root, 0, 0, width, height, 0, 0, 0, 0, { overrideRedirect: 1 });
  await ask((done) => client.MapWindow(id, done));
  await ask((done) => client.RaiseWindow(id, done));
}

/** The pid and the classes that a window itself names. */
async function owner(window) {
  const property = async (name) => {
    const atom = await ask((done) => client.InternAtom(true, name, done));
    return (await ask((done) => client.GetProperty(0, window, atom, 0, 0, 64, done))).data;
  };
  const pid = (await property('_NET_WM_PID')).readUInt32LE(0);
  return { pid, classes: (await property('WM_CLASS')).toString('latin1').split('\0').slice(0, 2) };
}
