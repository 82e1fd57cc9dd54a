// Pages that agents might be working on, for pictures in the docs.

const frame = (title, colour, body) => `<!doctype html><title>${title}</title><style>
  * { box-sizing: border-box } body { margin: 0; font: 16px/1.5 'DejaVu Sans', sans-serif; color: #1d2430; background: #f4f5f7 }
  header { display: flex; gap: 32px; align-items: center; padding: 18px 36px; background: ${colour}; color: #fff }
  header b { font-size: 20px } main { padding: 32px 36px; display: grid; gap: 20px }
  .cards { display: grid; grid-template-columns: repeat(3, 1fr); gap: 20px }
  .card { background: #fff; border: 1px solid #dfe3e8; border-radius: 8px; padding: 18px }
  .picture { height: 120px; border-radius: 6px; margin-bottom: 12px; background: linear-gradient(120deg, ${colour}, #c9d3e2) }
  .narrow { width: 460px; margin: 20px auto } label { display: block; margin: 14px 0 4px; font-weight: bold }
  input { width: 100%; padding: 10px; border: 1px solid #aab3bf; border-radius: 6px; font: inherit }
  button { margin-top: 18px; padding: 10px 22px; border: 0; border-radius: 6px; background: ${colour}; color: #fff; font: inherit }
  table { width: 100%; border-collapse: collapse; background: #fff } td, th { padding: 10px 14px; text-align: left; border-bottom: 1px solid #e3e6eb }
  .bars { display: flex; gap: 12px; align-items: end; height: 260px } .bars i { flex: 1; background: ${colour}; border-radius: 4px 4px 0 0 }
</style><header><b>${title}</b><span>Home</span><span>Products</span><span>Account</span></header><main>${body}</main>`;

const product = (name, price) =>
  `<div class="card"><div class="picture"></div><b>${name}</b><br>${price}<br><button>Add to basket</button></div>`;
const row = (...cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;

const shop = frame(
  'Northwind Outfitters',
  '#27548a',
  `<div class="cards">${product('Trail jacket', '€ 129')}${product('Wool base layer', '€ 64')}${product('Day pack, 24 l', '€ 89')}</div>`,
);
const signIn = frame(
  'Staging sign-in',
  '#5b3f8c',
  `<div class="card narrow"><h2>One more step</h2>We sent a code to your authenticator.
   <label>Six-digit code</label><input><button>Continue</button></div>`,
);
const checkout = frame(
  'Checkout',
  '#1f6f54',
  `<div class="card narrow"><h2>Delivery</h2><label>Name</label><input value="Ada Lovelace">
   <label>Street</label><input value="12 St James's Square"><button>To payment</button></div>`,
);
const orders = frame(
  'Orders',
  '#7a4a1c',
  `<table>${row('<b>Order</b>', '<b>Customer</b>', '<b>Total</b>', '<b>State</b>')}${[
    'Paid',
    'Sent',
    'Paid',
    'Returned',
    'Sent',
    'Paid',
    'Sent',
  ]
    .map((state, at) =>
      row(`#10${at}4`, ['A. Lovelace', 'G. Hopper', 'A. Turing'][at % 3], `€ ${40 + at * 17}`, state),
    )
    .join('')}</table>`,
);
const report = frame(
  'Weekly revenue',
  '#a3344f',
  `<div class="card"><div class="bars">${[40, 62, 55, 78, 70, 92, 66, 84, 58, 73]
    .map((share) => `<i style="height: ${share}%"></i>`)
    .join('')}</div></div>`,
);

/** Whole pages, as HTML. */
export const samplePages = { shop, signIn, checkout, orders, report };
