// Feeds bytes to xterm.js and tells what it shows, for the tests in `../xterm.rs`.
//
// Requests and answers are frames on stdin and stdout: a length (four bytes, little endian), then that many
// bytes. A request is a line of JSON, then the bytes it refers to:
//
//   {"cols":80,"rows":24,"ops":[["write",5],["resize",100,30],["write",7]]}\nhelloworld!!
//       answers with the screen after all operations, as JSON (see `dump`), on a terminal of its own;
//       with {"crashed":"…"} if it threw.
//   {"widths":true}
//       answers with what the Unicode addon says of every code point, as numbers.
//   {"joins":[[97,769],[…]]}
//       answers with what the addon says of each sequence's last code point.

import { readSync, writeSync } from 'node:fs';

import { correct, decoded } from './corrections.mjs';

// With `--corrected` the terminals stand for what a terminal should do, without it for a viewer.
const isCorrected = process.argv.includes('--corrected');

// With Buffer present the addon reads its table from the wrong offset of a shared buffer, and everything
// above U+FFFF comes out narrow; without it the addon takes the way it takes in a browser.
const nodeBuffer = globalThis.Buffer;
globalThis.Buffer = undefined;
const { UnicodeGraphemesAddon } = await import('@xterm/addon-unicode-graphemes');
globalThis.Buffer = nodeBuffer;
const { default: headless } = await import('@xterm/headless');

function terminal(cols, rows) {
  const made = new headless.Terminal({
    cols,
    rows,
    scrollback: 1000,
    allowProposedApi: true,
    logLevel: 'off',
  });
  made.loadAddon(new UnicodeGraphemesAddon());
  if (isCorrected) correct(made);
  return made;
}

const COLORS = ['d', 'i', 'i', 'r'];

/** `d` default, `i7` indexed, `rff8000` direct; whether an index came as 31 or as 38;5;1 is the same colour. */
function color(bits) {
  const mode = (bits >>> 24) & 3;
  if (mode === 0) return 'd';
  return COLORS[mode] + (mode === 3 ? (bits & 0xffffff).toString(16) : bits & 0xff);
}

/** The style the program set; the public getter says "dashed" wherever there is a link. */
function underlineStyle(attributes) {
  if (!attributes.isUnderline() || attributes.getUnderlineStyle() === 0) return 0;
  return attributes.hasExtendedAttrs() ? (attributes.extended._ext >>> 26) & 7 : 1;
}

/** Everything a cell or the pen says about looks, as one string; '' is the default. */
function style(attributes, link, isPen) {
  const flags = [
    attributes.isBold() && 'bold',
    attributes.isDim() && 'dim',
    attributes.isItalic() && 'italic',
    attributes.isBlink() && 'blink',
    attributes.isInverse() && 'inverse',
    attributes.isInvisible() && 'hidden',
    attributes.isStrikethrough() && 'strike',
    attributes.isOverline() && 'overline',
    attributes.isProtected() && 'protected',
  ].filter(Boolean);
  const underline = underlineStyle(attributes);
  if (underline !== 0) flags.push(`underline=${underline}`);
  // The colour of a line that is not there shows nowhere, but the pen keeps it for the next line.
  if (isPen || underline !== 0) {
    const line = color(attributes.extended.underlineColor);
    if (line !== 'd') flags.push(`line=${line}`);
  }
  const [fg, bg] = [color(attributes.fg), color(attributes.bg)];
  if (fg !== 'd') flags.push(`fg=${fg}`);
  if (bg !== 'd') flags.push(`bg=${bg}`);
  if (link) flags.push(`link=${link}`);
  return flags.join(' ');
}

function background(cell) {
  const bg = color(cell.bg);
  return bg === 'd' ? '' : `bg=${bg}`;
}

/** The rows the buffer shows; a cell is its text, its width and its style, default cells at the end are left out. */
function rows(core, buffer, cell) {
  const links = core._oscLinkService;
  const out = [];
  for (let y = 0; y < core.rows; y++) {
    const line = buffer.lines.get(buffer.ybase + y);
    const cells = [];
    for (let x = 0; x < core.cols; x++) {
      line.loadCell(x, cell);
      const width = cell.getWidth();
      const link = cell.hasExtendedAttrs() && links.getLinkData(cell.extended.urlId)?.uri;
      // A cell that was never written looks like one that holds a space. xterm.js gives the whole pen to the
      // cells that lose their half of a wide character or that one has no room in, the model its background.
      const looks = cell.getChars() || width === 0 ? style(cell, link, false) : background(cell);
      cells.push([cell.getChars() || (width === 0 ? '' : ' '), width, looks]);
    }
    while (cells.length && cells.at(-1).join() === ' ,1,') cells.pop();
    out.push({ wrapped: line.isWrapped, cells });
  }
  return out;
}

/**
 * What a buffer keeps besides its rows; the cursor of an inactive one is overwritten when it is switched to.
 * What is saved (DECSC) is left out: viewers are never told to restore it, they are told the result.
 */
function buffer(core, buffer, cell) {
  const active = buffer === core.buffers.active;
  if (!active && buffer === core.buffers.alt) return null; // emptied when it was left
  return {
    cursor: active ? [buffer.x, buffer.y] : null,
    margins: [buffer.scrollTop, buffer.scrollBottom],
    rows: rows(core, buffer, cell),
  };
}

/** The tab stops; xterm.js has its own for each screen, terminals have not. */
function tabs(core) {
  const stops = core.buffers.normal.tabs;
  return Object.keys(stops).map(Number).filter((x) => stops[x] && x < core.cols);
}

/** A name for a character set: what it makes of some characters in which the sets differ. */
function charset(set) {
  if (!set) return 'ascii';
  const sample = ['#', '@', '[', '\\', ']', '^', '`', 'q', '{', '|', '}', '~'];
  return sample.map((character) => set[character] ?? character).join('');
}

/** All that can be told of a terminal, both screens included. */
function dump(made) {
  const core = made._core;
  const cell = new (made.buffer.active.getNullCell().constructor)();
  const charsets = core._charsetService;
  const pen = core._inputHandler._curAttrData;
  return {
    size: [core.cols, core.rows],
    active: core.buffers.active === core.buffers.alt ? 'alternate' : 'main',
    tabs: tabs(core),
    main: buffer(core, core.buffers.normal, cell),
    alternate: buffer(core, core.buffers.alt, cell),
    pen: style(pen, core._oscLinkService.getLinkData(pen.extended.urlId)?.uri, true),
    charsets: [0, 1, 2, 3].map((g) => charset(charsets._charsets[g])),
    shift: charsets.glevel,
    modes: {
      ...core.coreService.modes,
      ...core.coreService.decPrivateModes,
      newline: core.optionsService.rawOptions.convertEol,
      cursorHidden: core.coreService.isCursorHidden,
      mouse: core.coreMouseService.activeProtocol,
      mouseEncoding: core.coreMouseService.activeEncoding,
    },
  };
}

function screen(request, given) {
  const made = terminal(request.cols, request.rows);
  const bytes = isCorrected ? decoded(given) : given;
  let at = 0;
  for (const [op, ...values] of request.ops) {
    if (op === 'write') {
      try {
        // The synchronous way in: the public one waits for a timer.
        made._core.writeSync(isCorrected ? bytes : bytes.subarray(at, at + values[0]));
      } catch (error) {
        // In a window this would be the last thing the terminal does.
        return { crashed: String(error) };
      }
      at += values[0];
    } else {
      made.resize(...values);
    }
  }
  const shown = dump(made);
  made.dispose();
  return shown;
}

function unicode() {
  const made = terminal(2, 1);
  return made._core.unicodeService;
}

function widths() {
  const service = unicode();
  return Array.from({ length: 0x110000 }, (_, codepoint) => service.charProperties(codepoint, 0));
}

function joins(sequences) {
  const service = unicode();
  return sequences.map((sequence) =>
    sequence.reduce((before, codepoint) => service.charProperties(codepoint, before), 0),
  );
}

function answer(request, bytes) {
  if (request.widths) return widths();
  if (request.joins) return joins(request.joins);
  return screen(request, bytes);
}

/** Exactly so many bytes of stdin, or null at its end. */
function read(length) {
  const buffer = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const got = readSync(0, buffer, at, length - at, null);
    if (got === 0) return null;
    at += got;
  }
  return buffer;
}

function write(bytes) {
  let at = 0;
  while (at < bytes.length) at += writeSync(1, bytes, at);
}

for (;;) {
  const header = read(4);
  if (header === null) break;
  const body = read(new DataView(header.buffer).getUint32(0, true));
  const end = body.indexOf(10);
  const request = JSON.parse(new TextDecoder().decode(body.subarray(0, end)));
  const text = new TextEncoder().encode(JSON.stringify(answer(request, body.subarray(end + 1))));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, text.length, true);
  write(length);
  write(text);
}
