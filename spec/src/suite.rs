//! The official suite at the commit of [`PIN`](crate::PIN), as a list: the scripts, their content and how much is in them.

use std::collections::HashMap;
use std::sync::LazyLock;

/// `spec/suite.tsv`, written by `lockstep spec suite`.
const LIST: &str = include_str!("../suite.tsv");

/// A script of the official suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfficialScript<'a> {
    /// Its path in `test/core`.
    pub name: &'a str,
    /// The first half of the SHA-256 of its content, in hexadecimal.
    pub digest: &'a str,
    /// How many directives it has.
    pub directives: u64,
}

/// The list of the scripts of `test/core`.
#[derive(Debug)]
pub struct OfficialSuite {
    scripts: Vec<OfficialScript<'static>>,
    by_digest: HashMap<&'static str, usize>,
    by_name: HashMap<&'static str, usize>,
}

impl OfficialSuite {
    /// The list.
    #[must_use]
    pub fn get() -> &'static OfficialSuite {
        static SUITE: LazyLock<OfficialSuite> = LazyLock::new(|| OfficialSuite::read(LIST));
        &SUITE
    }

    fn read(list: &'static str) -> Self {
        let scripts: Vec<OfficialScript<'static>> =
            list.lines().filter(|line| !line.starts_with('#')).filter_map(line).collect();
        let by = |key: fn(&OfficialScript<'static>) -> &'static str| {
            scripts.iter().enumerate().map(|(i, s)| (key(s), i)).collect()
        };
        OfficialSuite { by_digest: by(|script| script.digest), by_name: by(|script| script.name), scripts }
    }

    /// All scripts, by name.
    pub fn scripts(&self) -> &[OfficialScript<'static>] {
        &self.scripts
    }

    /// The script with this content, by its digest.
    pub fn of_digest(&self, digest: &str) -> Option<&OfficialScript<'static>> {
        self.by_digest.get(digest).map(|&i| &self.scripts[i])
    }

    /// The script of this name.
    pub fn of_name(&self, name: &str) -> Option<&OfficialScript<'static>> {
        self.by_name.get(name).map(|&i| &self.scripts[i])
    }
}

/// The text of a list, by name; see `lockstep spec suite`.
pub fn write<'a>(commit: &str, scripts: impl IntoIterator<Item = OfficialScript<'a>>) -> String {
    let mut scripts: Vec<_> = scripts.into_iter().collect();
    scripts.sort_by_key(|script| script.name);
    let mut text = format!(
        "# WebAssembly/spec {commit}, test/core: the first half of the SHA-256 of a script, its number of directives, its \
         path. Written by `lockstep spec suite`\n"
    );
    for OfficialScript { name, digest, directives } in scripts {
        text.push_str(&format!("{digest}\t{directives}\t{name}\n"));
    }
    text
}

fn line(line: &'static str) -> Option<OfficialScript<'static>> {
    let mut fields = line.split('\t');
    let (digest, directives, name) = (fields.next()?, fields.next()?.parse().ok()?, fields.next()?);
    Some(OfficialScript { name, digest, directives })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_script() {
        let suite = OfficialSuite::get();
        assert_eq!(suite.scripts().len(), LIST.lines().filter(|line| !line.starts_with('#')).count());
        assert_eq!(suite.scripts().len(), 258);
        assert_eq!(suite.scripts().iter().map(|script| script.directives).sum::<u64>(), 65_294);
        assert_eq!(suite.by_digest.len(), suite.by_name.len(), "no two have the same content");
        assert_eq!(write(crate::PIN, suite.scripts().iter().copied()), LIST);
        assert_eq!(
            suite.of_name("gc/struct.wast").and_then(|s| suite.of_digest(s.digest)),
            suite.of_name("gc/struct.wast")
        );
    }
}
