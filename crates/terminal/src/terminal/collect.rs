//! Dropping looks, links and clusters that no cell uses any more.

use crate::style::StyleId;
use crate::terminal::Terminal;

impl Terminal {
    /// Looks through all cells and drops what none of them refers to.
    pub(super) fn collect(&mut self) {
        let mut looks = self.styles.marks();
        let mut clusters = self.clusters.marks();
        let rows = self.main.all().iter().chain(self.alternate.all());
        let mut marked = StyleId::DEFAULT;
        for row in rows {
            for cell in row.used() {
                if cell.style != marked {
                    marked = cell.style;
                    if let Some(entry) = marked.entry() {
                        looks.add(entry);
                    }
                }
                if let Some(cluster) = cell.cluster() {
                    clusters.add(cluster);
                }
            }
        }
        let pen = self.pen_ids.map(|(pen, _)| pen);
        for entry in pen
            .into_iter()
            .chain([self.erased.1])
            .filter_map(StyleId::entry)
        {
            looks.add(entry);
        }
        self.styles.retain(&looks);
        self.clusters.retain(&clusters);
        let mut links = self.links.marks();
        let linked = self.styles.links();
        for link in linked.chain([self.pen.link]) {
            if let Some(number) = link.checked_sub(1) {
                links.add(number);
            }
        }
        self.links.retain(&links);
        self.link_bytes = self.links.values().map(|link| link.bytes()).sum();
        self.links_since = 0;
    }

    /// How many interned looks, links and clusters there are, and bytes of an unfinished string: what tests
    /// of bounded memory look at.
    #[doc(hidden)]
    #[must_use]
    pub fn interned(&self) -> (usize, usize, usize, usize) {
        (
            self.styles.len(),
            self.links.len(),
            self.clusters.len(),
            self.parser.string.capacity(),
        )
    }
}
