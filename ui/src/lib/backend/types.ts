/** What the program says about itself. */
export interface About {
  /** The version of the desktop app, e.g. `0.1.0`. */
  version: string;
}

/** Everything the window may ask of the program behind it. Tests give a stand-in. */
export interface Backend {
  /** Rejects where the page isn't shown by the desktop app, e.g. in a browser. */
  about: () => Promise<About>;
}
