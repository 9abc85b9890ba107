//! Traces as a page to step through, forwards and backwards.
//!
//! The page holds a JSON row for each step: rule, redex, contractum, the values popped and pushed, and the changes of
//! the store. `page.js` applies and undoes them. Rows are written as they come; only the distinct strings and the used
//! rules are kept in memory.

use super::{Ending, Section, Writer};
use lockstep_semantics::RuleId;
use lockstep_semantics::execution::*;
use lockstep_semantics::syntax::{DefType, FieldIdx, TypeIdx};
use lockstep_semantics::trace::{Short, Step, field_name, func_name, local_name, type_name};
use rustc_hash::FxHashMap;
use serde_json::json;
use std::fmt::{Display, Write as _};
use std::io::{self, Write};

const PAGE: &str = include_str!("page/page.html");
const CSS: &str = include_str!("page/page.css");
const JS: &str = include_str!("page/page.js");

/// The maximal number of elements of an array in the page.
const ELEMENTS: usize = 64;

pub(super) struct Html {
    book: String,
    strings: FxHashMap<String, usize>,
    order: Vec<String>,
    rules: Vec<RuleId>,
    rule_numbers: FxHashMap<RuleId, usize>,
    runs: Vec<usize>,
    row: String,
    text: String,
    rows: u64,
    /// How many objects of each kind the page knows.
    known: [usize; 4],
}

impl Html {
    /// A page whose rules link to this rule book.
    pub(super) fn new(book: String) -> Self {
        Html {
            book,
            strings: FxHashMap::default(),
            order: Vec::new(),
            rules: Vec::new(),
            rule_numbers: FxHashMap::default(),
            runs: Vec::new(),
            row: String::new(),
            text: String::new(),
            rows: 0,
            known: [0; 4],
        }
    }

    /// The number of a string.
    fn string(&mut self, text: impl Display) -> usize {
        self.text.clear();
        let _ = write!(self.text, "{text}");
        if let Some(&n) = self.strings.get(&self.text) {
            return n;
        }
        let n = self.order.len();
        self.order.push(self.text.clone());
        self.strings.insert(self.text.clone(), n);
        n
    }

    fn rule(&mut self, rule: RuleId) -> usize {
        let rules = &mut self.rules;
        *self.rule_numbers.entry(rule).or_insert_with(|| {
            rules.push(rule);
            rules.len() - 1
        })
    }

    fn push(&mut self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(if self.rows == 0 { b"\n" } else { b",\n" })?;
        self.rows += 1;
        out.write_all(self.row.as_bytes())
    }

    /// `[…]` of the numbers of values.
    fn values(&mut self, slots: &[Slot]) {
        self.row.push('[');
        let mut first = true;
        for slot in slots.iter().filter_map(|slot| slot.value()) {
            let n = self.string(slot);
            let _ = write!(self.row, "{}{n}", if std::mem::take(&mut first) { "" } else { "," });
        }
        self.row.push(']');
    }

    /// `[…]` of the numbers of fields, in short.
    fn fields(&mut self, slots: &[Slot]) {
        self.row.push('[');
        for (i, &slot) in slots.iter().enumerate() {
            let n = self.string(Short(slot));
            let _ = write!(self.row, "{}{n}", if i > 0 { "," } else { "" });
        }
        self.row.push(']');
    }

    /// A new object, as a change.
    fn object(&mut self, s: &Store, mm: Option<&ModuleInst>, kind: usize, a: Addr, x: Option<TypeIdx>, text: usize) {
        let home = |dt: DefType| mm.filter(|mm| x.is_some() || mm.types.contains(&dt)).or_else(|| home(s, dt));
        match kind {
            0 => {
                let dt = s.structs.ty(a);
                let mm = home(dt);
                let ty = self.string(mm.map_or_else(|| dt.to_string(), |mm| type_name(mm, x, dt)));
                let _ = write!(self.row, "[{text},1,{a},{ty},[");
                let x = x.or_else(|| Some(mm?.types.iter().position(|&t| t == dt)? as TypeIdx));
                for i in 0..s.structs.fields(a).len() {
                    let name = match (mm, x) {
                        (Some(mm), Some(x)) => field_name(&mm.module.names, x, i as FieldIdx),
                        _ => i.to_string(),
                    };
                    let n = self.string(name);
                    let _ = write!(self.row, "{}{n}", if i > 0 { "," } else { "" });
                }
                self.row.push_str("],");
                self.fields(s.structs.fields(a));
            }
            1 => {
                let dt = s.arrays.ty(a);
                let ty = self.string(home(dt).map_or_else(|| dt.to_string(), |mm| type_name(mm, x, dt)));
                let _ = write!(self.row, "[{text},2,{a},{ty},");
                let fields = s.arrays.fields(a);
                self.fields(&fields[..fields.len().min(ELEMENTS)]);
                let _ = write!(self.row, ",{}", fields.len());
            }
            _ => {
                let (tag, fields) = s.exception(a);
                let ty = self.string(format_args!("tag {tag}"));
                let _ = write!(self.row, "[{text},3,{a},{ty},");
                let slots: Vec<Slot> = fields.iter().map(|&val| Slot::from(val)).collect();
                self.fields(&slots);
            }
        }
        self.row.push(']');
    }

    fn change(&mut self, step: &Step<'_>, change: Change) {
        let text = self.string(step.show(change));
        let mm = Some(step.module());
        let (kind, a, i, new) = match change {
            Change::NewStruct(a) => return self.object(step.store(), mm, 0, a, step.type_idx(), text),
            Change::NewArray(a) => return self.object(step.store(), mm, 1, a, step.type_idx(), text),
            Change::NewExn(a) => return self.object(step.store(), mm, 2, a, None, text),
            Change::Written { loc: Location::Field(a, i), new: Datum::Val(new), .. } => (4, a, i, new),
            Change::Written { loc: Location::ArrayElem(a, i), new: Datum::Val(new), .. } => (5, a, i, new),
            Change::Local { x, new, .. } => {
                let n = self.string(Short(new));
                let _ = write!(self.row, "[{text},6,{x},{n}]");
                return;
            }
            Change::Written { loc: Location::Global(a), new: Datum::Val(new), .. } => {
                return self.global(step.store(), a, new.into(), text);
            }
            _ => {
                let _ = write!(self.row, "[{text},0]");
                return;
            }
        };
        let n = self.string(Short(new.into()));
        let _ = write!(self.row, "[{text},{kind},{a},{i},{n}]");
    }

    fn global(&mut self, s: &Store, a: Addr, val: Slot, text: usize) {
        let name = s.modules.iter().find_map(|mm| {
            let x = mm.globals.iter().position(|&b| b == a)?;
            mm.module.names.globals.get(&(x as u32))
        });
        let name = self.string(name.map_or_else(String::new, |name| format!("${name}")));
        let val = self.string(Short(val));
        let _ = write!(self.row, "[{text},7,{a},{name},{val}]");
    }

    /// The layers from one on; the frame among them is of this function, if it is known.
    fn layers(&mut self, s: &Store, z: &Zipper, from: usize, callee: Option<Addr>) {
        self.row.push('[');
        for (i, layer) in z.layers.iter().enumerate().skip(from) {
            if i > from {
                self.row.push(',');
            }
            match layer.kind {
                LayerKind::Frame { n, .. } => {
                    let name = callee.map_or_else(String::new, |a| func_name(s, a));
                    let text = self.string(format_args!("frame_{n} {name}"));
                    let _ = write!(self.row, "[3,{text},{},[", layer.values);
                    for (x, &local) in locals(z, i).iter().enumerate() {
                        let name = self.string(local_name(s, callee, x as u32));
                        let val = self.string(Short(local));
                        let _ = write!(self.row, "{}[{name},{val}]", if x > 0 { "," } else { "" });
                    }
                    self.row.push_str("]]");
                }
                LayerKind::Label { n, cont } => {
                    let text =
                        self.string(format_args!("label_{n}{}", if cont.is_some() { " {loop …}" } else { " {}" }));
                    let _ = write!(self.row, "[1,{text},{},0]", layer.values);
                }
                LayerKind::Handler { n, catches } => {
                    let module = &s.modules[frame(z, i).module.index()].module;
                    let mut clauses = String::new();
                    for (i, catch) in module.code.catches(catches).iter().enumerate() {
                        use lockstep_semantics::syntax::Notation as _;
                        let _ = write!(clauses, "{}{}", if i > 0 { " " } else { "" }, catch.display(&module.names));
                    }
                    let text = self.string(format_args!("handler_{n} {{{clauses}}}"));
                    let _ = write!(self.row, "[2,{text},{},0]", layer.values);
                }
                LayerKind::Top => self.row.push_str("[0,0,0,0]"),
            }
        }
        self.row.push(']');
    }

    /// Writes the objects that were allocated outside of any step.
    fn unknown(&mut self, s: &Store) {
        let there = [s.structs.len(), s.arrays.len(), s.exns.len(), s.globals.len()];
        let mut first = true;
        for (kind, (from, to)) in self.known.into_iter().zip(there).enumerate() {
            for a in from..to {
                if !std::mem::take(&mut first) {
                    self.row.push(',');
                }
                match kind {
                    3 => self.global(s, a as Addr, s.globals[a].value.into(), 0),
                    kind => self.object(s, None, kind, a as Addr, None, 0),
                }
            }
        }
        self.known = there;
    }
}

/// The frame of a layer; of one that is a frame, that frame.
fn frame(z: &Zipper, layer: usize) -> Frame {
    inner(z, layer).map_or(z.frame, |(frame, _)| frame)
}

/// Its locals.
fn locals(z: &Zipper, layer: usize) -> &[Slot] {
    let end = inner(z, layer).map_or(z.locals.len(), |(_, inner)| frame(z, inner).locals as usize);
    &z.locals[frame(z, layer).locals as usize..end]
}

/// The frame of a layer that has another frame inside it, and the layer of that one.
fn inner(z: &Zipper, layer: usize) -> Option<(Frame, usize)> {
    z.layers.iter().enumerate().skip(layer + 1).find_map(|(i, inner)| match inner.kind {
        LayerKind::Frame { outer, .. } => Some((outer, i)),
        _ => None,
    })
}

/// A module that has a type.
fn home(s: &Store, dt: DefType) -> Option<&ModuleInst> {
    s.modules.iter().find(|mm| mm.types.contains(&dt))
}

/// JSON that can stand in a page.
fn quoted(value: &impl serde::Serialize) -> io::Result<String> {
    Ok(serde_json::to_string(value)?.replace('<', "\\u003c"))
}

impl Writer for Html {
    fn header(&mut self, file: &str, out: &mut dyn Write) -> io::Result<()> {
        let (head, _) = PAGE.split_once("%DATA%").expect("the page has a place for the data");
        out.write_all(head.replace("%CSS%", CSS).as_bytes())?;
        self.string("");
        write!(out, "{{\"file\":{},\"rows\":[", quoted(&file)?)
    }

    fn section(&mut self, section: Section<'_>, out: &mut dyn Write) -> io::Result<()> {
        let text = match section {
            Section::Instantiate => "instantiate".to_owned(),
            Section::Invoke(name, args) => {
                args.iter().fold(format!("invoke {name:?}"), |text, arg| format!("{text} ({arg})"))
            }
            Section::Directive(line, expected) => format!("line {line}, which expects {expected}"),
            Section::Schedule(schedule) => format!("schedule {schedule}"),
        };
        let n = self.string(text);
        self.runs.push(n);
        self.row.clear();
        let _ = write!(self.row, "[-3,{n}]");
        self.push(out)
    }

    fn begin(&mut self, s: &Store, z: &Zipper, out: &mut dyn Write) -> io::Result<()> {
        self.row.clear();
        self.row.push_str("[-2,[");
        self.unknown(s);
        self.row.push_str("],");
        self.layers(s, z, 1, None);
        self.row.push(']');
        self.push(out)
    }

    fn turn(&mut self, thread: &str, out: &mut dyn Write) -> io::Result<()> {
        let name = self.string(thread);
        self.row.clear();
        let _ = write!(self.row, "[-4,{name}]");
        self.push(out)
    }

    fn step(&mut self, step: &Step<'_>, _: &[u64], out: &mut dyn Write) -> io::Result<()> {
        let rule = step.rule().map_or(-1, |rule| self.rule(rule) as i64);
        let (redex, contractum) = (self.string(step.redex()), self.string(step.contractum()));
        let (values, layers) = step.kept();
        self.row.clear();
        let _ = write!(self.row, "[{rule},{redex},{contractum},{},", step.depth());
        self.values(step.moved());
        let _ = write!(self.row, ",{values},");
        self.values(&step.zipper().values[values..]);
        let _ = write!(self.row, ",{layers},");
        self.layers(step.store(), step.zipper(), layers, step.callee());
        self.row.push_str(",[");
        for action in step.actions() {
            let text = self.string(format_args!("with {action}"));
            let _ = write!(self.row, "[{text},0],");
        }
        for &change in step.changes() {
            self.change(step, change);
            self.row.push(',');
        }
        if self.row.ends_with(',') {
            self.row.pop();
        }
        self.row.push_str("]]");
        let s = step.store();
        self.known = [s.structs.len(), s.arrays.len(), s.exns.len(), s.globals.len()];
        self.push(out)
    }

    fn end(&mut self, end: &Ending, _: u64, shown: u64, out: &mut dyn Write) -> io::Result<()> {
        let (_, tail) = PAGE.split_once("%DATA%").expect("the page has a place for the data");
        let what = match end.kind {
            "stopped" => format!("{} after {shown} steps", end.text),
            _ => end.text.clone(),
        };
        let text = self.string(what);
        let rules: Vec<_> = self
            .rules
            .iter()
            .map(|id| {
                let rule = id.rule();
                let chapter = rule.chapter.split(' ').next().unwrap_or(rule.chapter);
                let anchor = rule.id.replace('/', "-");
                let book = format!("{}/{chapter}.html#{anchor}", self.book.trim_end_matches('/'));
                json!({"id": rule.id, "statement": rule.statement, "section": rule.section, "book": book})
            })
            .collect();
        write!(
            out,
            "],\n\"run\":{:?},\"end\":{{\"kind\":{},\"text\":{text}}},\n\"strings\":{},\n\"rules\":{}}}",
            self.runs,
            quoted(&end.kind)?,
            quoted(&self.order)?,
            quoted(&rules)?
        )?;
        out.write_all(tail.replace("%JS%", JS).as_bytes())
    }
}
