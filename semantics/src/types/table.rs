//! Closed defined types and their identity.
//!
//! Two defined types are the same when their rolled, closed recursive types are (`Deftype_sub/refl`). A [`TypeTable`]
//! holds every closed rolled recursive type once and hands out [`DefType`]s, so that this comparison is one of
//! integers, and no type is ever unfolded into the (possibly exponential) tree that it stands for.

use super::subst::*;
use crate::syntax::*;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// How many of the topmost ancestors each type lists. Deeper hierarchies are legal and are walked by jumps.
const DISPLAY: usize = 64;

#[derive(Clone, Debug)]
struct Def {
    /// The rolled recursive type and the position in it: `_DEF rectype i`.
    rectype: Arc<RecType>,
    index: u32,
    /// `unrolldt(dt)`
    unrolled: SubType,
    /// The number of proper ancestors.
    depth: u32,
    /// The ancestors at depths 0, 1, …, ending with the type itself when its depth is below [`DISPLAY`].
    display: Arc<[DefType]>,
    /// An ancestor some way up, so that any ancestor is reached in logarithmically many hops.
    jump: DefType,
}

/// The closed recursive types met so far, each once.
#[derive(Clone, Debug, Default)]
pub struct TypeTable {
    defs: Vec<Def>,
    rectypes: FxHashMap<Arc<RecType>, u32>,
}

impl TypeTable {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of defined types.
    pub fn len(&self) -> usize {
        self.defs.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.defs.is_empty()
    }

    /// `subst_all_deftypes(rolldt(x, rectype), dt'*)` with `x = |dt'*|`: rolls a recursive type of a module, closes it
    /// by the defined types before it, and gives the defined types of its members.
    ///
    /// # Errors
    /// The first type index that is neither of the recursive type itself nor before it.
    pub fn define(&mut self, rt: &RecType, before: &[DefType]) -> Result<Vec<DefType>, TypeIdx> {
        let x = before.len() as TypeIdx;
        let mut unknown = None;
        let closed = subst_rectype(&rollrt(x, rt), &mut |tu| match tu {
            TypeUse::Idx(y) => match before.get(y as usize) {
                Some(&dt) => TypeUse::Def(dt),
                None => {
                    unknown.get_or_insert(y);
                    tu
                }
            },
            TypeUse::Rec(_) | TypeUse::Def(_) => tu,
        });
        match unknown {
            Some(y) => Err(y),
            None => Ok(self.intern(closed)),
        }
    }

    /// The defined types of a module, by type index; as many as can be closed.
    pub fn define_all(&mut self, types: &[RecType]) -> Vec<DefType> {
        let mut dts = Vec::new();
        for rt in types {
            match self.define(rt, &dts) {
                Ok(more) => dts.extend(more),
                Err(_) => break,
            }
        }
        dts
    }

    /// The defined types of a closed, rolled recursive type.
    fn intern(&mut self, rt: RecType) -> Vec<DefType> {
        let n = rt.0.len() as u32;
        let base = match self.rectypes.get(&rt) {
            Some(&base) => base,
            None => {
                let base = self.defs.len() as u32;
                let rt = Arc::new(rt);
                self.rectypes.insert(rt.clone(), base);
                for index in 0..n {
                    self.add(&rt, index, base);
                }
                base
            }
        };
        (base..base + n).map(DefType).collect()
    }

    fn add(&mut self, rt: &Arc<RecType>, index: u32, base: u32) {
        let this = DefType(base + index);
        // unrollrt: REC i becomes _DEF rectype i.
        let unrolled = subst_subtype(&rt.0[index as usize], &mut |tu| match tu {
            TypeUse::Rec(i) => TypeUse::Def(DefType(base + i)),
            TypeUse::Idx(_) | TypeUse::Def(_) => tu,
        });
        // A supertype that does not come before is reported by validation and has no part in the hierarchy.
        let parent = match unrolled.supers.first() {
            Some(&TypeUse::Def(dt)) if dt < this => Some(dt),
            _ => None,
        };
        let (depth, display, jump) = match parent {
            None => (0, Arc::from([this]), this),
            Some(dt) => {
                let sup = &self.defs[dt.index()];
                let display = if sup.display.len() < DISPLAY {
                    sup.display.iter().copied().chain([this]).collect()
                } else {
                    sup.display.clone()
                };
                // Skew-binary jump pointers: equal jumps twice in a row are joined into one of double length.
                let up = &self.defs[sup.jump.index()];
                let joined = sup.depth - up.depth == up.depth - self.defs[up.jump.index()].depth;
                (sup.depth + 1, display, if joined { up.jump } else { dt })
            }
        };
        self.defs.push(Def { rectype: rt.clone(), index, unrolled, depth, display, jump });
    }

    /// `_DEF rectype i`: the rolled recursive type of a defined type, and its position there.
    pub fn rolled(&self, dt: DefType) -> (&RecType, u32) {
        let def = &self.defs[dt.index()];
        (&def.rectype, def.index)
    }

    /// `unrolldt(dt)`
    pub fn unrolldt(&self, dt: DefType) -> &SubType {
        &self.defs[dt.index()].unrolled
    }

    /// `Expand`: the composite type of a defined type.
    #[inline]
    pub fn expand(&self, dt: DefType) -> &CompType {
        &self.defs[dt.index()].unrolled.comp
    }

    /// Whether `dt_2` is `dt_1` or reached from it by declared supertypes: `Deftype_sub/refl` and `Deftype_sub/super`
    /// with transitivity, in constant time for the first 64 levels of a hierarchy and logarithmic time below.
    #[inline]
    pub fn is_ancestor(&self, dt_2: DefType, dt_1: DefType) -> bool {
        if dt_1 == dt_2 {
            return true;
        }
        let depth = self.defs[dt_2.index()].depth as usize;
        if depth < DISPLAY {
            return self.defs[dt_1.index()].display.get(depth) == Some(&dt_2);
        }
        self.ancestor_at(dt_1, depth as u32) == Some(dt_2)
    }

    fn ancestor_at(&self, dt: DefType, depth: u32) -> Option<DefType> {
        let mut dt = dt;
        while self.defs[dt.index()].depth > depth {
            let def = &self.defs[dt.index()];
            dt = if self.defs[def.jump.index()].depth >= depth { def.jump } else { self.supertype(dt)? };
        }
        (self.defs[dt.index()].depth == depth).then_some(dt)
    }

    /// The declared supertype, if there is one.
    pub fn supertype(&self, dt: DefType) -> Option<DefType> {
        match self.defs[dt.index()].unrolled.supers.first() {
            Some(&TypeUse::Def(sup)) if sup < dt => Some(sup),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn empty_struct(sup: Option<u32>) -> RecType {
        RecType(vec![SubType {
            is_final: false,
            supers: sup.map(TypeUse::Idx).into_iter().collect(),
            share: Share::Unshared,
            comp: CompType::Struct(vec![]),
        }])
    }

    #[test]
    fn ancestors_of_a_long_chain() {
        let mut table = TypeTable::new();
        let mut dts = Vec::new();
        for i in 0..300u32 {
            dts.extend(table.define(&empty_struct(i.checked_sub(1)), &dts.clone()).unwrap());
        }
        for i in 0..300 {
            for j in 0..300 {
                assert_eq!(table.is_ancestor(dts[j], dts[i]), j <= i, "{j} above {i}");
            }
        }
    }

    #[test]
    fn equal_recursive_types_are_one() {
        let mut table = TypeTable::new();
        let node = |x| {
            RecType(vec![SubType {
                is_final: true,
                supers: vec![],
                share: Share::Unshared,
                comp: CompType::Struct(vec![FieldType {
                    mutable: false,
                    storage: StorageType::Val(ValType::Ref(RefType::null(HeapType::Use(TypeUse::Idx(x))))),
                }]),
            }])
        };
        let a = table.define(&node(0), &[]).unwrap();
        let b = table.define(&node(1), &a).unwrap();
        let c = table.define(&node(0), &a).unwrap();
        assert_eq!(a, b);
        assert_ne!(a, c);
        assert_eq!(table.define(&node(7), &a), Err(7));
    }
}
