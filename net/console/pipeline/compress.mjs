// Each file of the site with its compressed forms beside it, and what is said of it.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { extname, relative, sep } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { filesBelow } from "./key.mjs";

const types = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

function typeOf(file) {
  const type = types[extname(file)];
  if (!type) throw new Error(`no media type is known for ${file}`);
  return type;
}

/** A form that is not smaller is none. */
function formOf(file, suffix, bytes, whole) {
  if (bytes.length >= whole.length) return null;
  writeFileSync(file + suffix, bytes);
  return { file: file + suffix, size: bytes.length };
}

export function compressAll(site) {
  return filesBelow(site).map((file) => {
    const whole = readFileSync(file);
    const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: whole.length } };
    const path = `/${relative(site, file).split(sep).join("/")}`;
    return {
      path,
      type: typeOf(file),
      etag: createHash("sha256").update(whole).digest("hex"),
      immutable: path.startsWith("/assets/"), // the name holds the content's hash
      forms: {
        identity: { file, size: whole.length },
        gzip: formOf(file, ".gz", gzipSync(whole, { level: 9 }), whole),
        br: formOf(file, ".br", brotliCompressSync(whole, brotli), whole),
      },
    };
  });
}
