//! An execution as a picture, as papers draw them: a column for each thread, program order downwards, relations between.

use super::Witness;
use super::dot::DRAWN;
use crate::html::escape;
use std::fmt::Write as _;

/// The height of a row, in the units of the picture.
const ROW: i32 = 54;
/// The width of a character of a label.
const CHAR: f64 = 7.3;
/// The height of a label.
const BOX: i32 = 24;
/// The space around and between.
const GAP: i32 = 64;

/// Where an event is drawn.
#[derive(Clone, Copy)]
struct Spot {
    x: i32,
    y: i32,
    half: i32,
    column: usize,
}

/// An SVG of an execution.
pub(super) fn svg(threads: &[String], witness: &Witness) -> String {
    let columns: Vec<Option<usize>> = std::iter::once(None)
        .chain((0..threads.len()).map(Some))
        .filter(|thread| witness.events.iter().any(|event| event.thread == *thread))
        .collect();
    let mut spots = vec![Spot { x: 0, y: 0, half: 0, column: 0 }; witness.events.len()];
    let mut x = 16;
    let mut rows = 0;
    let mut heads = Vec::new();
    for (column, thread) in columns.iter().enumerate() {
        let events: Vec<usize> = (0..witness.events.len()).filter(|&i| witness.events[i].thread == *thread).collect();
        let widest = events.iter().map(|&i| witness.events[i].label.chars().count()).max().unwrap_or(0);
        let half = ((widest as f64 * CHAR) as i32 + 16) / 2;
        for (row, &i) in events.iter().enumerate() {
            spots[i] = Spot { x: x + half, y: 44 + row as i32 * ROW + BOX / 2, half, column };
        }
        rows = rows.max(events.len() as i32);
        heads.push((x + half, thread.map_or("init", |thread| threads[thread].as_str())));
        x += 2 * half + GAP;
    }
    let (width, height) = (x - GAP + 16, 44 + rows * ROW + 8);
    let mut out = String::new();
    let _ = write!(out, "<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=img>");
    out.push_str("<defs>");
    for (name, _) in DRAWN {
        let _ = write!(
            out,
            "<marker id=\"to-{name}\" class=\"{name}\" viewBox=\"0 0 8 8\" refX=7 refY=4 markerWidth=7 markerHeight=7 \
             orient=auto><path d=\"M0 0L8 4L0 8z\"/></marker>"
        );
    }
    out.push_str("</defs>");
    for (x, name) in heads {
        let _ = write!(out, "<text class=head x={x} y=24>{}</text>", escape(name));
    }
    for (kind, (name, _)) in DRAWN.into_iter().enumerate() {
        for (_, pairs) in witness.relations.iter().filter(|(relation, _)| relation == name) {
            for &(a, b) in pairs {
                if let (Some(&a), Some(&b)) = (spots.get(a), spots.get(b)) {
                    arrow(&mut out, name, kind as i32, a, b);
                }
            }
        }
    }
    for (spot, event) in spots.iter().zip(&witness.events) {
        let Spot { x, y, half, .. } = *spot;
        let (left, top) = (x - half, y - BOX / 2);
        let _ = write!(out, "<rect x={left} y={top} width={} height={BOX} rx=4 />", 2 * half);
        let _ = write!(out, "<text x={x} y={}>{}</text>", y + 4, escape(&event.label));
    }
    out.push_str("</svg>\n");
    out
}

/// An arrow from one event to another; those of different relations are kept apart.
fn arrow(out: &mut String, name: &str, kind: i32, a: Spot, b: Spot) {
    let shift = (kind - 2) * 6;
    let (from, to, bend) = if a.x == b.x {
        let down = (b.y - a.y).signum() * BOX / 2;
        // Further than to the next one: around those between.
        let far = (b.y - a.y).abs() > ROW;
        let bend = if far || name != "po" { a.half + 20 + kind * 8 } else { 0 };
        if bend == 0 {
            ((a.x + shift, a.y + down), (b.x + shift, b.y - down), 0)
        } else {
            ((a.x + a.half, a.y + shift), (b.x + b.half, b.y + shift), 28 + kind * 6)
        }
    } else {
        let side = (b.x - a.x).signum();
        ((a.x + side * a.half, a.y + shift), (b.x - side * b.half, b.y + shift), 0)
    };
    let (c1, c2) = if bend == 0 {
        let third = ((to.0 - from.0) / 3, (to.1 - from.1) / 3);
        // Below whatever stands between.
        let dip = if a.y == b.y && a.column.abs_diff(b.column) > 1 { BOX + 8 } else { 0 };
        ((from.0 + third.0, from.1 + third.1 + dip), (to.0 - third.0, to.1 - third.1 + dip))
    } else {
        ((from.0 + bend, from.1), (to.0 + bend, to.1))
    };
    let _ = write!(
        out,
        "<path class=\"{name}\" d=\"M{} {}C{} {} {} {} {} {}\" marker-end=\"url(#to-{name})\"/>",
        from.0, from.1, c1.0, c1.1, c2.0, c2.1, to.0, to.1
    );
    let (x, y) = ((from.0 + 3 * c1.0 + 3 * c2.0 + to.0) / 8, (from.1 + 3 * c1.1 + 3 * c2.1 + to.1) / 8);
    let _ = write!(out, "<text class=\"rel {name}\" x={} y={}>{name}</text>", x, y - 3);
}
