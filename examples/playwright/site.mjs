// What is tested: a list of things to do, kept in the browser.
import { createServer } from 'node:http';

const page = `<!doctype html><title>To do</title>
<form><input name="what" aria-label="What" /><button>Add</button></form><ul></ul>
<script>
  const things = JSON.parse(localStorage.things ?? '[]');
  const show = () => document.querySelector('ul').replaceChildren(
    ...things.map((text) => Object.assign(document.createElement('li'), { textContent: text })));
  document.querySelector('form').addEventListener('submit', (event) => {
    event.preventDefault();
    things.push(event.target.what.value);
    localStorage.things = JSON.stringify(things);
    event.target.reset();
    show();
  });
  show();
</script>`;

createServer((_, response) => response.setHeader('content-type', 'text/html').end(page)).listen(
  Number(process.env.PORT ?? 4173),
  '127.0.0.1',
);
