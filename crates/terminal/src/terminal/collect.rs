//! Dropping looks, links and clusters that no cell uses any more.

use crate::style::StyleId;
use crate::terminal::Terminal;

impl Terminal {
    /// Looks through all cells and drops what none of them refers to.
    pub(super) fn collect(&mut self) {
        let mut looks = self.styles.0.marks();
        let mut clusters = self.clusters.0.marks();
        let rows = self.main.all().iter().chain(self.alternate.all());
        for cell in rows.flat_map(|row| row.used()) {
            if let Some(entry) = cell.style.entry() {
                looks.add(entry);
            }
            if let Some(cluster) = cell.cluster() {
                clusters.add(cluster);
            }
        }
        let pen = self.pen_ids.map(|(pen, erased)| [pen, erased]);
        for entry in pen.into_iter().flatten().filter_map(StyleId::entry) {
            looks.add(entry);
        }
        self.styles.0.retain(&looks);
        self.clusters.0.retain(&clusters);
        let mut links = self.links.marks();
        let linked = self.styles.0.values().map(|look| look.link);
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
            self.styles.0.len(),
            self.links.len(),
            self.clusters.0.len(),
            self.parser.string.capacity(),
        )
    }
}
