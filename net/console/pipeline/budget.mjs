// The first view, with everything that it loads, over the wire.

const kilobyte = 1000;
export const budget = { gzip: 170 * kilobyte, br: 150 * kilobyte };

const sizeOf = (asset, form) => (asset.forms[form] ?? asset.forms.identity).size;

export function measured(assets) {
  const sum = (form) => assets.reduce((total, asset) => total + sizeOf(asset, form), 0);
  return { gzip: sum("gzip"), br: sum("br") };
}

export function showSizes(sizes) {
  const shown = (form) => `${(sizes[form] / kilobyte).toFixed(1)} of ${budget[form] / kilobyte} KB ${form}`;
  console.log(`console: ${shown("gzip")}, ${shown("br")}`);
}

export function judgeBudget(sizes) {
  for (const [form, most] of Object.entries(budget)) {
    if (sizes[form] > most) throw new Error(`the page is too large: ${sizes[form]} bytes ${form}, allowed are ${most}`);
  }
}
