//! Structure instructions.

use crate::choice::Choices;
use crate::execution::*;
use crate::memory::Memory;
use crate::observe::Observer;
use crate::syntax::*;
use lockstep_spec::rule;

impl<O: Observer, M: Memory, C: Choices> Machine<'_, O, M, C> {
    /// The storage type of a field of the structure that `type(z, x)` expands to.
    #[inline(always)]
    pub(super) fn field_storage(&mut self, x: TypeIdx, i: FieldIdx) -> Reduced<StorageType> {
        let dt = self.ty(x)?;
        let CompType::Struct(fts) = self.s.types.expand(dt) else { return self.stuck("a structure type is needed") };
        match fts.get(i as usize) {
            Some(ft) => Ok(ft.storage),
            None => self.stuck("a field is needed"),
        }
    }

    /// Makes a structure.
    ///
    /// ```text
    /// Step/struct.new  z; val^n (struct.new x)  ~>  add_structinst(z, si); (ref.struct a)
    ///                  if type(z, x) expands to struct (mut? zt)^n and a = |structinst(z)|
    ///                  and si = {type type(z, x), fields packfield(zt, val)^n}
    /// ```
    #[inline(always)]
    pub(crate) fn struct_new(&mut self, x: TypeIdx) -> Reduced {
        let dt = self.ty(x)?;
        let CompType::Struct(fts) = self.s.types.expand(dt) else { return self.stuck("a structure type is needed") };
        let a = self.alloc(dt, fts.len())?;
        self.fire(rule!("Step/struct.new"));
        self.push(Ref::Struct(a));
        Ok(())
    }

    /// Makes a structure of default values.
    ///
    /// ```text
    /// Step_read/struct.new_default  z; (struct.new_default x)  ~>  val* (struct.new x)
    ///                               if type(z, x) expands to struct (mut? zt)* and (default(unpack(zt)) = val)*
    /// ```
    pub(crate) fn struct_new_default(&mut self, x: TypeIdx) -> Reduced {
        let dt = self.ty(x)?;
        let CompType::Struct(fts) = self.s.types.expand(dt) else { return self.stuck("a structure type is needed") };
        let vals: Option<Vec<Value>> = fts.iter().map(|ft| default(ft.storage.unpack())).collect();
        let Some(vals) = vals else { return self.stuck("default values are needed") };
        self.fire(rule!("Step_read/struct.new_default"));
        self.ctx.values.extend(vals.into_iter().map(Slot::from));
        self.instrs([Instr::StructNew(x)])
    }

    /// Reads a field.
    ///
    /// ```text
    /// Step_read/struct.get-null    z; (ref.null) (struct.get sx? x i)      ~>  trap
    /// Step_read/struct.get-struct  z; (ref.struct a) (struct.get sx? x i)
    ///                                ~>  unpackfield(zt*[i], sx?, structinst(z)[a].fields[i])
    ///                              if type(z, x) expands to struct (mut? zt)*
    /// ```
    #[inline(always)]
    pub(crate) fn struct_get(&mut self, sx: Option<Sx>, x: TypeIdx, i: FieldIdx) -> Reduced {
        match self.pop_ref()? {
            Ref::Null => self.trap(rule!("Step_read/struct.get-null"), TrapClass::NullReference),
            Ref::Struct(a) => {
                let zt = self.field_storage(x, i)?;
                let fv = self.read(Order::Unordered, Cell::Field(a, i));
                match fv.and_then(|fv| unpackfield(zt, sx, fv)) {
                    Some(val) => {
                        self.fire(rule!("Step_read/struct.get-struct"));
                        self.push(val);
                        Ok(())
                    }
                    None => self.stuck("a field of the type is needed"),
                }
            }
            _ => self.stuck("a structure reference is needed"),
        }
    }

    /// Writes a field.
    ///
    /// ```text
    /// Step/struct.set-null    z; (ref.null) val (struct.set x i)      ~>  z; trap
    /// Step/struct.set-struct  z; (ref.struct a) val (struct.set x i)
    ///                           ~>  with_struct(z, a, i, packfield(zt*[i], val)); ε
    ///                         if type(z, x) expands to struct (mut? zt)*
    /// ```
    #[inline(always)]
    pub(crate) fn struct_set(&mut self, x: TypeIdx, i: FieldIdx) -> Reduced {
        let val = self.pop()?;
        match self.pop_ref()? {
            Ref::Null => self.trap(rule!("Step/struct.set-null"), TrapClass::NullReference),
            Ref::Struct(a) => {
                let zt = self.field_storage(x, i)?;
                match packfield(zt, val).and_then(|fv| self.write(Order::Unordered, Cell::Field(a, i), fv)) {
                    Some(()) => {
                        self.fire(rule!("Step/struct.set-struct"));
                        Ok(())
                    }
                    None => self.stuck("a field of the type is needed"),
                }
            }
            _ => self.stuck("a structure reference is needed"),
        }
    }
}
