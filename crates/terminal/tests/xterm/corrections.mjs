// Where xterm.js does what no terminal should, it is corrected before the model is compared with it. The
// terminals that stand for viewers are never corrected: what the model sends them must work as they are.

/** Bytes that are not UTF-8 become U+FFFD, one for each maximal part, as Unicode recommends; xterm.js drops them. */
export function decoded(bytes) {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return new TextEncoder().encode(decoder.decode(bytes, { stream: true }));
}

/** The bit of a cell's attributes that DECSCA sets. */
const PROTECTED = 0x20000000;

export function correct(made) {
  const core = made._core;
  const handler = core._inputHandler;
  savedCursor(core, handler);
  erasing(core, handler);
  sharedTabs(core, handler);
  const sgr = handler.charAttributes;
  handler.charAttributes = (params) => {
    // SGR 0 has no say in what is protected (DECSCA, VT510).
    const kept = handler._curAttrData.bg & PROTECTED;
    const result = sgr.call(handler, params);
    handler._curAttrData.bg |= kept;
    return result;
  };
  // SGR 59 means the colour of the text; xterm.js takes -1 for a direct colour, white.
  after(handler, 'charAttributes', () => {
    const pen = handler._curAttrData;
    if ((pen.extended.underlineColor & 0x3ffffff) !== 0x3ffffff) return;
    pen.extended = pen.extended.clone();
    pen.extended.underlineColor = 0;
    pen.updateExtended();
  });
  // With origin mode a motion relative to the cursor, or within its row, adds the margin once more.
  handler._moveCursor = (dx, dy) => {
    handler._restrictCursor();
    handler._activeBuffer.x += dx;
    handler._activeBuffer.y += dy;
    handler._restrictCursor();
  };
  for (const name of ['cursorCharAbsolute', 'charPosAbsolute']) {
    handler[name] = (params) => {
      handler._activeBuffer.x = (params.params[0] || 1) - 1;
      handler._restrictCursor();
      return true;
    };
  }
  // RIS shows the cursor and resets LNM.
  after(handler, 'fullReset', () => {
    core.coreService.isCursorHidden = false;
    core.optionsService.options.convertEol = false;
  });
  // A link lasts until the program ends it; xterm.js forgets it when the rows it was used on are erased.
  core._oscLinkService._removeMarkerFromLink = () => {};
  const line = core.buffers.active.lines.get(0);
  wholeWide(Object.getPrototypeOf(line));
}

function after(object, name, then) {
  const original = object[name];
  object[name] = (...values) => {
    const result = original.apply(object, values);
    then(...values);
    return result;
  };
}

/** DECSC keeps a position on the screen, the whole pen but its link, all character sets and origin mode (VT510). */
function savedCursor(core, handler) {
  const charsets = core._charsetService;
  const modes = core.coreService;
  const link = (pen) => pen.extended.urlId;
  handler.saveCursor = () => {
    const buffer = handler._activeBuffer;
    buffer.kept = {
      x: buffer.x,
      y: buffer.y,
      pen: handler._curAttrData.clone(),
      charsets: [...charsets._charsets],
      level: charsets.glevel,
      origin: modes.decPrivateModes.origin,
    };
    return true;
  };
  handler.restoreCursor = () => {
    const buffer = handler._activeBuffer;
    const blank = Object.getPrototypeOf(handler._curAttrData).constructor;
    const kept = buffer.kept ?? { x: 0, y: 0, pen: new blank(), charsets: [], level: 0, origin: false };
    const linked = link(handler._curAttrData);
    handler._curAttrData = kept.pen.clone();
    handler._curAttrData.extended = handler._curAttrData.extended.clone();
    handler._curAttrData.extended.urlId = linked;
    handler._curAttrData.updateExtended();
    charsets._charsets = [...kept.charsets];
    charsets.setgLevel(kept.level);
    modes.decPrivateModes.origin = kept.origin;
    buffer.x = kept.x;
    buffer.y = kept.y;
    handler._restrictCursor();
    return true;
  };
  after(handler, 'softReset', () => delete handler._activeBuffer.kept);
}

/** Both screens have the same tab stops (xterm, VT510). */
function sharedTabs(core, handler) {
  const share = () => {
    const { alt, normal } = core.buffers;
    alt.setupTabStops = () => {};
    const tabs = { get: () => normal.tabs, set: (stops) => (normal.tabs = stops) };
    Object.defineProperty(alt, 'tabs', tabs);
  };
  share();
  after(handler, 'fullReset', share);
}

/** What changes the cell that a wrap waits in ends the waiting: it could not be brought about again. */
function erasing(core, handler) {
  const restrict = () => {
    const buffer = handler._activeBuffer;
    buffer.x = Math.min(buffer.x, core.cols - 1);
  };
  const endPendingWrap = (which) => {
    if (which === 1 || which === 2) restrict();
  };
  for (const name of ['scrollUp', 'scrollDown', 'scrollLeft', 'scrollRight', 'insertColumns', 'deleteColumns']) {
    const original = handler[name];
    handler[name] = (params) => {
      const buffer = handler._activeBuffer;
      const isBetween = buffer.y >= buffer.scrollTop && buffer.y <= buffer.scrollBottom;
      if (isBetween || name === 'scrollUp' || name === 'scrollDown') restrict();
      return original.call(handler, params);
    };
  }
  // The same when the screen is changed.
  for (const name of ['activateAltBuffer', 'activateNormalBuffer']) {
    const original = core.buffers[name];
    core.buffers[name] = (...values) => {
      if (name === (core.buffers.active === core.buffers.alt ? 'activateNormalBuffer' : 'activateAltBuffer')) restrict();
      return original.apply(core.buffers, values);
    };
  }
  const line = handler.eraseInLine;
  handler.eraseInLine = (params, protect) => {
    endPendingWrap(params.params[0]);
    return line.call(handler, params, protect);
  };
  const display = handler.eraseInDisplay;
  handler.eraseInDisplay = (params, protect) => {
    endPendingWrap(params.params[0]);
    const buffer = handler._activeBuffer;
    if (params.params[0] !== 1 || buffer.x + 1 < core.cols) return display.call(handler, params, protect);
    // xterm.js looks for the next row among those scrolled out, and throws when there is none.
    handler._restrictCursor(core.cols);
    handler._eraseInBufferLine(buffer.y, 0, buffer.x + 1, true, protect);
    if (buffer.y + 1 < core.rows) buffer.lines.get(buffer.ybase + buffer.y + 1).isWrapped = false;
    for (let y = 0; y < buffer.y; y++) handler._resetBufferLine(y, protect);
    return true;
  };
}

/** Half a wide character is nothing; xterm.js leaves halves when cells are moved. */
function wholeWide(prototype) {
  if (prototype.isCorrected) return;
  prototype.isCorrected = true;
  for (const name of ['insertCells', 'deleteCells', 'replaceCells']) {
    const original = prototype[name];
    prototype[name] = function (...values) {
      const fill = values[2];
      original.apply(this, values);
      for (let x = 0; x < this.length; x++) {
        const halved =
          this.getWidth(x) === 2
            ? x + 1 >= this.length || this.getWidth(x + 1) !== 0
            : this.getWidth(x) === 0 && (x === 0 || this.getWidth(x - 1) !== 2);
        if (halved) this.setCellFromCodepoint(x, 0, 1, fill);
      }
    };
  }
}
