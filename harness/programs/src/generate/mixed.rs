//! Accesses of all kinds to one place: plain, by acquire and release, and sequentially consistent.

use super::atomics::AtomicPlace;
use super::body::{Expected, Gen};
use super::kinds::heap;
use lockstep_semantics::syntax::*;

impl Gen<'_, '_, '_> {
    /// A few accesses to one place, each of its own kind and order. `false` is answered when there is no place.
    pub(super) fn mixed(&mut self, depth: u32) -> bool {
        let mut all = self.places();
        all.retain(|(_, ft)| ft.mutable);
        let Some((place, ft)) = self.r.pick(&all) else { return false };
        // What reaches the place is kept, so that it is the same one each time.
        let object = match place {
            AtomicPlace::Field(x, _) | AtomicPlace::Element(x) => {
                self.operand(x, depth);
                let object = self.reserved(ValType::Ref(RefType::null(heap(x))));
                self.set_local(object, Expected::Unknown);
                Some(object)
            }
            AtomicPlace::Global(_) | AtomicPlace::Table(_) => None,
        };
        let at = self.r.below(2) as u64;
        for _ in 0..self.r.within(2, 4) {
            if let Some(object) = object {
                self.emit(Instr::LocalGet(object));
            }
            match place {
                AtomicPlace::Element(_) => self.i32(at as u32),
                AtomicPlace::Table(x) => self.addr(self.tables[x as usize].addr, at),
                AtomicPlace::Field(..) | AtomicPlace::Global(_) => (),
            }
            let left =
                if self.r.chance(40) { self.plain(place, ft, depth) } else { self.some_atomic_at(place, ft, depth) };
            match left {
                // A shared function sets no unshared global.
                Some(t @ ValType::Num(_)) if !self.b.shared => self.take(t),
                Some(_) => self.emit(Instr::Drop),
                None => (),
            }
        }
        true
    }

    /// A plain access to a place whose operands have been written, and the type of what it leaves.
    fn plain(&mut self, place: AtomicPlace, ft: FieldType, depth: u32) -> Option<ValType> {
        let t = ft.storage.unpack();
        if self.r.chance(50) {
            self.expr(t, depth.min(1));
            self.emit(match place {
                AtomicPlace::Field(x, i) => Instr::StructSet(x, i),
                AtomicPlace::Element(x) => Instr::ArraySet(x),
                AtomicPlace::Global(x) => Instr::GlobalSet(x),
                AtomicPlace::Table(x) => Instr::TableSet(x),
            });
            return None;
        }
        let sx = self.extension(ft.storage);
        self.emit(match place {
            AtomicPlace::Field(x, i) => Instr::StructGet(sx, x, i),
            AtomicPlace::Element(x) => Instr::ArrayGet(sx, x),
            AtomicPlace::Global(x) => Instr::GlobalGet(x),
            AtomicPlace::Table(x) => Instr::TableGet(x),
        });
        Some(t)
    }
}
