//! What the pages of the site have around them, and small drawings.

use crate::Counts;
use crate::html::{BASE, REPORT, escape, head};
use std::fmt::Write as _;

/// The style of the site.
pub(super) fn style() -> String {
    [BASE, REPORT, include_str!("site.css")].concat()
}

/// A page. `up` leads from its folder to that of the site.
pub(super) fn page(title: &str, up: &str, here: &str, body: &str, scripts: &[&str]) -> String {
    let mut out = head(title);
    let _ = writeln!(out, "<link rel=icon href=\"data:,\">\n<link rel=stylesheet href=\"{up}style.css\">");
    for script in scripts {
        let _ = writeln!(out, "<script src=\"{up}{script}\" defer></script>");
    }
    out.push_str("<body>\n<a class=skip href=\"#main\">To the content</a>\n<header>\n<nav aria-label=\"Site\">");
    for (file, name) in [("index.html", "Engines"), ("scripts.html", "Scripts"), ("changes.html", "Changes")] {
        let current = if file == here { " aria-current=page" } else { "" };
        let _ = write!(out, "<a href=\"{up}{file}\"{current}>{name}</a>");
    }
    let _ = writeln!(out, "</nav>\n<h1>{}</h1>\n</header>\n<main id=main>\n{body}</main>", escape(title));
    out.push_str(
        "<footer class=soft><p>Written by <code>lockstep report site</code>.</p></footer>\n</body>\n</html>\n",
    );
    out
}

/// How much passes, in percent: 100% is all.
pub(super) fn percent(counts: &Counts) -> String {
    match (counts.pass, counts.total()) {
        (_, 0) => "–".into(),
        (pass, all) if pass == all => "100%".into(),
        // Rounded down, so that 100% is all.
        (pass, all) => format!("{}.{:02}%", pass * 100 / all, pass * 10_000 / all % 100),
    }
}

/// A line of how much passed in each run; nothing where there are fewer than two. A run that does not have it leaves a gap.
pub(super) fn spark(counts: &[Option<Counts>], what: &str) -> String {
    let share = |counts: &Counts| if counts.total() == 0 { 0.0 } else { counts.pass as f64 / counts.total() as f64 };
    let known: Vec<(usize, f64)> =
        counts.iter().enumerate().filter_map(|(i, counts)| Some((i, share(counts.as_ref()?)))).collect();
    let (Some((_, first)), Some((_, last)), true) = (known.first(), known.last(), known.len() > 1) else {
        return String::new();
    };
    let low = known.iter().map(|(_, y)| *y).fold(f64::INFINITY, f64::min);
    let high = known.iter().map(|(_, y)| *y).fold(f64::NEG_INFINITY, f64::max);
    let y = |share: f64| if high > low { 18.0 - 16.0 * (share - low) / (high - low) } else { 2.0 };
    let x = |i: usize| i as f64 * 100.0 / (counts.len() - 1) as f64;
    let mut path = String::new();
    let mut before: Option<(usize, f64)> = None;
    for (n, &(i, share)) in known.iter().enumerate() {
        let end = known.get(n + 1).is_none_or(|(next, _)| *next != i + 1);
        match before {
            Some((at, _)) if at + 1 != i => drop(write!(path, "M{:.1} {:.1}", x(i), y(share))),
            None => drop(write!(path, "M{:.1} {:.1}", x(i), y(share))),
            Some((_, old)) if old != share => drop(write!(path, "H{:.1}V{:.1}", x(i), y(share))),
            Some(_) if end => drop(write!(path, "H{:.1}", x(i))),
            Some(_) => {}
        }
        before = Some((i, share));
    }
    let class = if last < first {
        "down"
    } else if last > first {
        "up"
    } else if high > low {
        "even"
    } else {
        "flat"
    };
    let label = match class {
        "flat" => format!("{what}: as it was in all {} runs", known.len()),
        _ => format!("{what}: from {:.2}% to {:.2}% in {} runs", first * 100.0, last * 100.0, known.len()),
    };
    format!(
        "<svg class=\"spark {class}\" viewBox=\"0 0 100 20\" preserveAspectRatio=none role=img aria-label=\"{0}\">\
         <title>{0}</title><path d=\"{path}\"/></svg>",
        escape(&label)
    )
}
