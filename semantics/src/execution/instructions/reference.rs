//! Reference, scalar reference and external reference instructions.

use crate::choice::Choices;
use crate::execution::*;
use crate::memory::Memory;
use crate::observe::Observer;
use crate::syntax::*;
use lockstep_spec::rule;

impl<O: Observer, M: Memory, C: Choices> Machine<'_, O, M, C> {
    /// `s ⊢ ref : inst(f.module, rt)`
    #[inline(always)]
    pub(crate) fn ref_ok(&mut self, r: Ref, rt: RefType) -> bool {
        let rt = inst_reftype(self.module(), rt);
        ref_ok(self.s, r, rt, self.o)
    }

    /// The null reference.
    ///
    /// ```text
    /// Step_read/ref.null  z; (ref.null ht)  ~>  (ref.null)
    /// ```
    #[inline(always)]
    pub(crate) fn ref_null(&mut self) -> Reduced {
        self.fire(rule!("Step_read/ref.null"));
        self.push(Ref::Null);
        Ok(())
    }

    /// A function as a reference.
    ///
    /// ```text
    /// Step_read/ref.func  z; (ref.func x)  ~>  (ref.func moduleinst(z).funcs[x])
    /// ```
    pub(crate) fn ref_func(&mut self, x: FuncIdx) -> Reduced {
        let a = self.funcaddr(x)?;
        self.fire(rule!("Step_read/ref.func"));
        self.push(Ref::Func(a));
        Ok(())
    }

    /// A small integer as a reference.
    ///
    /// ```text
    /// Step_pure/ref.i31  (i32.const i) ref.i31  ~>  (ref.i31 wrap(32, 31, i))
    /// ```
    pub(crate) fn ref_i31(&mut self) -> Reduced {
        let i = self.pop_i32()?;
        self.fire(rule!("Step_pure/ref.i31"));
        self.push(Ref::I31(i & 0x7fff_ffff));
        Ok(())
    }

    /// A small integer as a shared reference.
    ///
    /// ```text
    /// Step_pure/ref.i31_shared  (i32.const i) ref.i31_shared  ~>  (ref.i31_shared wrap(32, 31, i))
    /// ```
    pub(crate) fn ref_i31_shared(&mut self) -> Reduced {
        let i = self.pop_i32()?;
        self.fire(rule!("Step_pure/ref.i31_shared"));
        self.push(Ref::I31Shared(i & 0x7fff_ffff));
        Ok(())
    }

    /// Whether a reference is null.
    ///
    /// ```text
    /// Step_pure/ref.is_null-true   ref ref.is_null  ~>  (i32.const 1)  if ref = (ref.null)
    /// Step_pure/ref.is_null-false  ref ref.is_null  ~>  (i32.const 0)  otherwise
    /// ```
    #[inline(always)]
    pub(crate) fn ref_is_null(&mut self) -> Reduced {
        if self.pop_ref()? == Ref::Null {
            self.fire(rule!("Step_pure/ref.is_null-true"));
            self.push(Num::I32(1));
        } else {
            self.fire(rule!("Step_pure/ref.is_null-false"));
            self.push(Num::I32(0));
        }
        Ok(())
    }

    /// A reference that must not be null.
    ///
    /// ```text
    /// Step_pure/ref.as_non_null-null  ref ref.as_non_null  ~>  trap  if ref = (ref.null)
    /// Step_pure/ref.as_non_null-addr  ref ref.as_non_null  ~>  ref   otherwise
    /// ```
    pub(crate) fn ref_as_non_null(&mut self) -> Reduced {
        match self.pop_ref()? {
            Ref::Null => self.trap(rule!("Step_pure/ref.as_non_null-null"), TrapClass::NullReference),
            r => {
                self.fire(rule!("Step_pure/ref.as_non_null-addr"));
                self.push(r);
                Ok(())
            }
        }
    }

    /// Whether two references are the same.
    ///
    /// ```text
    /// Step_pure/ref.eq-null   ref_1 ref_2 ref.eq  ~>  (i32.const 1)  if ref_1 = (ref.null) and ref_2 = (ref.null)
    /// Step_pure/ref.eq-true   ref_1 ref_2 ref.eq  ~>  (i32.const 1)  otherwise, if ref_1 = ref_2
    /// Step_pure/ref.eq-false  ref_1 ref_2 ref.eq  ~>  (i32.const 0)  otherwise
    /// ```
    pub(crate) fn ref_eq(&mut self) -> Reduced {
        let ref_2 = self.pop_ref()?;
        let ref_1 = self.pop_ref()?;
        if ref_1 == Ref::Null && ref_2 == Ref::Null {
            self.fire(rule!("Step_pure/ref.eq-null"));
            self.push(Num::I32(1));
        } else if ref_1 == ref_2 {
            self.fire(rule!("Step_pure/ref.eq-true"));
            self.push(Num::I32(1));
        } else {
            self.fire(rule!("Step_pure/ref.eq-false"));
            self.push(Num::I32(0));
        }
        Ok(())
    }

    /// Whether a reference is of a type.
    ///
    /// ```text
    /// Step_read/ref.test-true   s; f; ref (ref.test rt)  ~>  (i32.const 1)  if s ⊢ ref : inst(f.module, rt)
    /// Step_read/ref.test-false  s; f; ref (ref.test rt)  ~>  (i32.const 0)  otherwise
    /// ```
    #[inline(always)]
    pub(crate) fn ref_test(&mut self, rt: RefType) -> Reduced {
        let r = self.pop_ref()?;
        if self.ref_ok(r, rt) {
            self.fire(rule!("Step_read/ref.test-true"));
            self.push(Num::I32(1));
        } else {
            self.fire(rule!("Step_read/ref.test-false"));
            self.push(Num::I32(0));
        }
        Ok(())
    }

    /// A reference that must be of a type.
    ///
    /// ```text
    /// Step_read/ref.cast-succeed  s; f; ref (ref.cast rt)  ~>  ref   if s ⊢ ref : inst(f.module, rt)
    /// Step_read/ref.cast-fail     s; f; ref (ref.cast rt)  ~>  trap  otherwise
    /// ```
    #[inline(always)]
    pub(crate) fn ref_cast(&mut self, rt: RefType) -> Reduced {
        let r = self.pop_ref()?;
        if self.ref_ok(r, rt) {
            self.fire(rule!("Step_read/ref.cast-succeed"));
            self.push(r);
            Ok(())
        } else {
            self.trap(rule!("Step_read/ref.cast-fail"), TrapClass::CastFailure)
        }
    }

    /// The integer of a scalar reference.
    ///
    /// ```text
    /// Step_pure/i31.get-null  (ref.null) (i31.get_sx)   ~>  trap
    /// Step_pure/i31.get-num   (ref.i31 i) (i31.get_sx)  ~>  (i32.const extend(31, 32, sx, i))
    /// ```
    pub(crate) fn i31_get(&mut self, sx: Sx) -> Reduced {
        match self.pop_ref()? {
            Ref::Null => self.trap(rule!("Step_pure/i31.get-null"), TrapClass::NullReference),
            Ref::I31(i) | Ref::I31Shared(i) => {
                self.fire(rule!("Step_pure/i31.get-num"));
                self.push(Num::I32(match sx {
                    Sx::U => i,
                    Sx::S => ((i << 1) as i32 >> 1) as u32,
                }));
                Ok(())
            }
            _ => self.stuck("a scalar reference is needed"),
        }
    }

    /// An internal reference as an external one.
    ///
    /// ```text
    /// Step_pure/extern.convert_any-null  ref extern.convert_any  ~>  (ref.null)        if ref = (ref.null)
    /// Step_pure/extern.convert_any-addr  ref extern.convert_any  ~>  (ref.extern ref)  otherwise
    /// ```
    pub(crate) fn extern_convert_any(&mut self) -> Reduced {
        match self.pop_ref()? {
            Ref::Null => {
                self.fire(rule!("Step_pure/extern.convert_any-null"));
                self.push(Ref::Null);
                Ok(())
            }
            r => match Internal::try_from(r) {
                Ok(r) => {
                    self.fire(rule!("Step_pure/extern.convert_any-addr"));
                    self.push(Ref::Extern(r));
                    Ok(())
                }
                Err(()) => self.stuck("an internal reference is needed"),
            },
        }
    }

    /// An external reference as an internal one.
    ///
    /// ```text
    /// Step_pure/any.convert_extern-null  (ref.null) any.convert_extern        ~>  (ref.null)
    /// Step_pure/any.convert_extern-addr  (ref.extern ref) any.convert_extern  ~>  ref
    /// ```
    pub(crate) fn any_convert_extern(&mut self) -> Reduced {
        match self.pop_ref()? {
            Ref::Null => {
                self.fire(rule!("Step_pure/any.convert_extern-null"));
                self.push(Ref::Null);
                Ok(())
            }
            Ref::Extern(r) => {
                self.fire(rule!("Step_pure/any.convert_extern-addr"));
                self.push(Ref::from(r));
                Ok(())
            }
            _ => self.stuck("an external reference is needed"),
        }
    }
}
