//! The kinds of locations.

use crate::shapes::{Access, Strength};

/// A kind of location that threads can share.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    /// What the module that owns the locations defines.
    pub(crate) define: &'static str,
    /// How the module of a thread comes by them.
    pub(crate) import: &'static str,
    access: fn(Access, Strength) -> String,
    /// Whether plain accesses and sequentially consistent ones are all there is.
    no_acqrel: bool,
    /// Whether there are arithmetic read-modify-writes.
    adds: bool,
}

impl Kind {
    /// An access as an instruction.
    pub(crate) fn access(&self, access: Access, strength: Strength) -> String {
        (self.access)(access, strength)
    }

    /// Whether there are instructions of this strength.
    pub(crate) fn has(&self, strength: Strength) -> bool {
        match strength {
            Strength::AcqRel => !self.no_acqrel,
            Strength::RmwsAcqRel => !self.no_acqrel && self.adds,
            Strength::Rmws => self.adds,
            Strength::Plain | Strength::Fences | Strength::SeqCst => true,
        }
    }
}

pub(crate) const KINDS: [Kind; 5] = [
    Kind {
        name: "memory",
        what: "linear memory",
        define: "(memory (export \"mem\") 1 1 shared)",
        import: "(memory (import \"shared\" \"mem\") 1 1 shared)",
        access: memory,
        no_acqrel: true,
        adds: true,
    },
    Kind {
        name: "struct",
        what: "fields of a shared struct",
        define: "(type $s (shared (struct (field $x (mut i32)) (field $y (mut i32)) (field $z (mut i32)))))\n\
                 (global (export \"struct\") (ref $s) (struct.new_default $s))",
        import: "(type $s (shared (struct (field $x (mut i32)) (field $y (mut i32)) (field $z (mut i32)))))\n\
                 (global $p (import \"shared\" \"struct\") (ref $s))",
        access: structure,
        no_acqrel: false,
        adds: true,
    },
    Kind {
        name: "array",
        what: "elements of a shared array",
        define: "(type $a (shared (array (mut i32))))\n\
                 (global (export \"array\") (ref $a) (array.new_default $a (i32.const 3)))",
        import: "(type $a (shared (array (mut i32))))\n\
                 (global $p (import \"shared\" \"array\") (ref $a))",
        access: array,
        no_acqrel: false,
        adds: true,
    },
    Kind {
        name: "global",
        what: "shared globals",
        define: "(global (export \"x\") (shared mut i32) (i32.const 0))\n\
                 (global (export \"y\") (shared mut i32) (i32.const 0))\n\
                 (global (export \"z\") (shared mut i32) (i32.const 0))",
        import: "(global $x (import \"shared\" \"x\") (shared mut i32))\n\
                 (global $y (import \"shared\" \"y\") (shared mut i32))\n\
                 (global $z (import \"shared\" \"z\") (shared mut i32))",
        access: global,
        no_acqrel: false,
        adds: true,
    },
    Kind {
        name: "table",
        what: "elements of a shared table",
        define: "(table (export \"table\") shared 3 3 (ref (shared i31)) (ref.i31_shared (i32.const 0)))",
        import: "(table $t (import \"shared\" \"table\") shared 3 3 (ref (shared i31)))",
        access: table,
        no_acqrel: false,
        adds: false,
    },
];

/// The order of atomic accesses.
fn order(strength: Strength) -> Option<&'static str> {
    match strength {
        Strength::Plain | Strength::Fences => None,
        Strength::AcqRel | Strength::RmwsAcqRel => Some("acqrel"),
        Strength::SeqCst | Strength::Rmws => Some("seqcst"),
    }
}

fn is_rmw(strength: Strength) -> bool {
    matches!(strength, Strength::Rmws | Strength::RmwsAcqRel)
}

const NAMES: [&str; 3] = ["$x", "$y", "$z"];

fn memory(access: Access, strength: Strength) -> String {
    let atomic = if order(strength).is_some() { ".atomic" } else { "" };
    match (access, is_rmw(strength)) {
        (Access::R(l), false) => format!("(i32{atomic}.load (i32.const {}))", 4 * l),
        (Access::W(l, v), false) => format!("(i32{atomic}.store (i32.const {}) (i32.const {v}))", 4 * l),
        (Access::R(l), true) => format!("(i32.atomic.rmw.add (i32.const {}) (i32.const 0))", 4 * l),
        (Access::W(l, v), true) => format!("(drop (i32.atomic.rmw.xchg (i32.const {}) (i32.const {v})))", 4 * l),
    }
}

fn structure(access: Access, strength: Strength) -> String {
    let field = |l: u32| NAMES[l as usize];
    match (order(strength), access, is_rmw(strength)) {
        (None, Access::R(l), _) => format!("(struct.get $s {} (global.get $p))", field(l)),
        (None, Access::W(l, v), _) => format!("(struct.set $s {} (global.get $p) (i32.const {v}))", field(l)),
        (Some(o), Access::R(l), false) => format!("(struct.atomic.get {o} $s {} (global.get $p))", field(l)),
        (Some(o), Access::W(l, v), false) => {
            format!("(struct.atomic.set {o} $s {} (global.get $p) (i32.const {v}))", field(l))
        }
        (Some(o), Access::R(l), true) => {
            format!("(struct.atomic.rmw.add {o} $s {} (global.get $p) (i32.const 0))", field(l))
        }
        (Some(o), Access::W(l, v), true) => {
            format!("(drop (struct.atomic.rmw.xchg {o} $s {} (global.get $p) (i32.const {v})))", field(l))
        }
    }
}

fn array(access: Access, strength: Strength) -> String {
    match (order(strength), access, is_rmw(strength)) {
        (None, Access::R(l), _) => format!("(array.get $a (global.get $p) (i32.const {l}))"),
        (None, Access::W(l, v), _) => format!("(array.set $a (global.get $p) (i32.const {l}) (i32.const {v}))"),
        (Some(o), Access::R(l), false) => format!("(array.atomic.get {o} $a (global.get $p) (i32.const {l}))"),
        (Some(o), Access::W(l, v), false) => {
            format!("(array.atomic.set {o} $a (global.get $p) (i32.const {l}) (i32.const {v}))")
        }
        (Some(o), Access::R(l), true) => {
            format!("(array.atomic.rmw.add {o} $a (global.get $p) (i32.const {l}) (i32.const 0))")
        }
        (Some(o), Access::W(l, v), true) => {
            format!("(drop (array.atomic.rmw.xchg {o} $a (global.get $p) (i32.const {l}) (i32.const {v})))")
        }
    }
}

fn global(access: Access, strength: Strength) -> String {
    let name = |l: u32| NAMES[l as usize];
    match (order(strength), access, is_rmw(strength)) {
        (None, Access::R(l), _) => format!("(global.get {})", name(l)),
        (None, Access::W(l, v), _) => format!("(global.set {} (i32.const {v}))", name(l)),
        (Some(o), Access::R(l), false) => format!("(global.atomic.get {o} {})", name(l)),
        (Some(o), Access::W(l, v), false) => format!("(global.atomic.set {o} {} (i32.const {v}))", name(l)),
        (Some(o), Access::R(l), true) => format!("(global.atomic.rmw.add {o} {} (i32.const 0))", name(l)),
        (Some(o), Access::W(l, v), true) => format!("(drop (global.atomic.rmw.xchg {o} {} (i32.const {v})))", name(l)),
    }
}

fn table(access: Access, strength: Strength) -> String {
    let value = |v: u32| format!("(ref.i31_shared (i32.const {v}))");
    match (order(strength), access) {
        (None, Access::R(l)) => format!("(i31.get_u (table.get $t (i32.const {l})))"),
        (None, Access::W(l, v)) => format!("(table.set $t (i32.const {l}) {})", value(v)),
        (Some(o), Access::R(l)) => format!("(i31.get_u (table.atomic.get {o} $t (i32.const {l})))"),
        (Some(o), Access::W(l, v)) => format!("(table.atomic.set {o} $t (i32.const {l}) {})", value(v)),
    }
}
