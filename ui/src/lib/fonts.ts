/** The families of app.css that come with the program. */
const BUNDLED = ['Inter Variable', 'JetBrains Mono Variable'];

/**
 * Resolves when the bundled fonts can be drawn with. Showing the page first would draw it twice, and
 * WebKit keeps the widths it measured with the fallback font. A font that can't be loaded is no
 * reason to show nothing: the fallback it is.
 */
export async function bundledFonts(): Promise<void> {
  await Promise.allSettled(
    BUNDLED.map(async (family) => await document.fonts.load(`13px "${family}"`)),
  );
}
