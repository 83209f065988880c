// The site as a C++ table over bytes that the assembler takes in as they are.

import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";

const forms = ["identity", "gzip", "br"];
const symbolOf = (index, form) => `orderly_console_${index}_${form}`;

/** @param made where `folder` will stand: the assembler reads the files from there. */
export function writeTable(folder, made, assets) {
  const there = [];
  for (const [index, asset] of assets.entries())
    for (const form of forms) if (asset.forms[form]) there.push({ symbol: symbolOf(index, form), ...asset.forms[form] });
  const bytes = there.map(({ symbol, file }) => {
    const path = JSON.stringify(join(made, relative(folder, file)));
    return `    .globl ${symbol}\n    .hidden ${symbol}\n    .balign 16\n${symbol}:\n    .incbin ${path}\n    .byte 0\n`;
  });
  writeFileSync(
    join(folder, "assets.S"),
    `/* Made by net/console/build.mjs. */\n    .section .rodata\n${bytes.join("")}    .section .note.GNU-stack,"",%progbits\n`,
  );
  const declared = there.map(({ symbol }) => `extern const char ${symbol}[];\n`);
  const span = (index, form) => {
    const found = assets[index].forms[form];
    return found ? `{${symbolOf(index, form)}, ${found.size}}` : "{}";
  };
  const rows = assets.map(
    (asset, index) =>
      `    {${JSON.stringify(asset.path)}, ${JSON.stringify(asset.type)}, "${asset.etag}", ${asset.immutable},\n` +
      `     ${forms.map((form) => span(index, form)).join(", ")}},\n`,
  );
  writeFileSync(
    join(folder, "assets.cpp"),
    `// Made by net/console/build.mjs.\n#include "net/console/assets.hpp"\n\nextern "C" {\n${declared.join("")}}\n\n` +
      `namespace orderly {\nnamespace {\n\nconst console_asset table[] = {\n${rows.join("")}};\n\n} // namespace\n\n` +
      `std::span<const console_asset> console_assets() { return table; }\n\n} // namespace orderly\n`,
  );
}
