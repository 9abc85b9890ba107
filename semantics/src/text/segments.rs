//! Text format of modules (6.4-text.modules): data and element segments, and expressions outside of functions.

use super::context::Space;
use super::lexical::TokenKind;
use super::parser::Parser;
use crate::decode::Result;
use crate::syntax::*;
use lockstep_spec::{ProductionId, production};

impl Parser<'_, '_> {
    /// `(at.const 0)`
    pub(super) fn zero(&mut self, addr: AddrType, offset: u32) -> Expr {
        let zero = match addr {
            AddrType::I32 => Num::I32(0),
            AddrType::I64 => Num::I64(0),
        };
        self.exprs.code.add_seq([(Instr::Const(zero), offset)], offset)
    }

    /// `(elem …)` inside of a table: how many elements. The grammar at the pin has a whole element list in it, where all
    /// scripts have its elements only; both are read (deviations.md).
    pub(super) fn inline_elem(&mut self, x: TableIdx, addr: AddrType, ty: RefType) -> Result<u64> {
        let offset = self.keyword_offset();
        if !self.accept_open("elem") {
            return Err(self.expected(production!("Telemtable_/abbrev"), "`(elem`"));
        }
        let (ty, init) = if self.keyword() == Some("func") || self.at_reftype() {
            self.elemlist()?
        } else if self.kind(0) == Some(TokenKind::Open) {
            (ty, self.elemexprs()?)
        } else {
            (ty, self.funcidxs()?)
        };
        self.close(production!("Telemtable_/abbrev"))?;
        let n = init.len() as u64;
        let mode = ElemMode::Active(x, self.zero(addr, offset));
        self.module.elems.push(Elem { share: Share::Unshared, ty, init, mode });
        self.module.offsets.elems.push(offset);
        Ok(n)
    }

    /// `Texpr_` where there are neither locals nor labels
    pub(super) fn constant(&mut self) -> Result<Expr> {
        self.expr()
    }

    /// `Tdatastring`
    pub(super) fn datastring(&mut self) -> Vec<u8> {
        self.uses(production!("Tdatastring"));
        self.strings()
    }

    /// `Toffsetexpr_`, if one is next
    fn offsetexpr(&mut self) -> Result<Option<Expr>> {
        if self.accept_open("offset") {
            self.uses(production!("Toffsetexpr_/plain"));
            let expr = self.expr()?;
            self.close(production!("Toffsetexpr_/plain"))?;
            return Ok(Some(expr));
        }
        if self.kind(0) != Some(TokenKind::Open) {
            return Ok(None);
        }
        self.uses(production!("Toffsetexpr_/abbrev"));
        Ok(Some(self.folded_expr()?))
    }

    /// `(keyword x)` before an offset: which memory or table it is in; `None` where it is left out
    fn segment_use(&mut self, keyword: &str, space: Space, plain: ProductionId) -> Result<Option<Idx>> {
        if !self.accept_open(keyword) {
            return Ok(None);
        }
        self.uses(plain);
        let x = self.idx(space)?;
        self.close(plain)?;
        Ok(Some(x))
    }

    /// `Tdata_`
    pub(super) fn data(&mut self, offset: u32) -> Result<()> {
        self.uses(production!("Tdata_"));
        self.skip_head(Space::Data, self.module.datas.len() as Idx)?;
        let x = self.segment_use("memory", Space::Mem, production!("Tmemuse_/plain"))?;
        let mode = match (x, self.offsetexpr()?) {
            (None, None) => DataMode::Passive,
            (x, Some(e)) => {
                if x.is_none() {
                    self.uses(production!("Tmemuse_/abbrev"));
                }
                DataMode::Active(x.unwrap_or(0), e)
            }
            (Some(_), None) => return Err(self.expected(production!("Toffsetexpr_/plain"), "an offset")),
        };
        let bytes = self.datastring();
        self.close(production!("Tdata_"))?;
        self.module.datas.push(Data { share: Share::Unshared, bytes: bytes.into(), mode });
        self.module.offsets.datas.push(offset);
        Ok(())
    }

    /// `Telem_`
    pub(super) fn elem(&mut self, offset: u32) -> Result<()> {
        self.skip_head(Space::Elem, self.module.elems.len() as Idx)?;
        let (mode, ty, init) = if self.accept("declare") {
            self.uses(production!("Telem_/plain"));
            let (ty, init) = self.elemlist()?;
            (ElemMode::Declare, ty, init)
        } else if self.keyword() == Some("func") || self.at_reftype() {
            self.uses(production!("Telem_/plain"));
            let (ty, init) = self.elemlist()?;
            (ElemMode::Passive, ty, init)
        } else {
            let x = self.segment_use("table", Space::Table, production!("Ttableuse_/plain"))?;
            let Some(e) = self.offsetexpr()? else {
                return Err(self.expected(production!("Telem_/plain"), "an element list, an offset or `declare`"));
            };
            if x.is_none() {
                self.uses(production!("Ttableuse_/abbrev"));
            }
            let mode = ElemMode::Active(x.unwrap_or(0), e);
            // Function indices by themselves, where the table is left out as well. The grammar at the pin has this for
            // segments without a name only (deviations.md).
            if x.is_none() && (self.at_idx() || self.kind(0) == Some(TokenKind::Close)) {
                self.uses(production!("Telem_/abbrev"));
                (mode, RefType::non_null(HeapType::abs(AbsHeapType::Func)), self.funcidxs()?)
            } else {
                self.uses(production!("Telem_/plain"));
                let (ty, init) = self.elemlist()?;
                (mode, ty, init)
            }
        };
        self.close(production!("Telem_/plain"))?;
        self.module.elems.push(Elem { share: Share::Unshared, ty, init, mode });
        self.module.offsets.elems.push(offset);
        Ok(())
    }

    /// `Telemlist_`
    fn elemlist(&mut self) -> Result<(RefType, Vec<Expr>)> {
        if self.accept("func") {
            self.uses(production!("Telemlist_/abbrev"));
            return Ok((RefType::non_null(HeapType::abs(AbsHeapType::Func)), self.funcidxs()?));
        }
        self.uses(production!("Telemlist_/plain"));
        Ok((self.reftype()?, self.elemexprs()?))
    }

    /// `Tlist(Tfuncidx_)`, each as `(ref.func x)`
    fn funcidxs(&mut self) -> Result<Vec<Expr>> {
        let mut init = Vec::new();
        while self.at_idx() {
            let offset = self.offset() as u32;
            let x = self.idx(Space::Func)?;
            init.push(self.exprs.code.add_seq([(Instr::RefFunc(x), offset)], offset));
        }
        Ok(init)
    }

    /// `Tlist(Telemexpr_)`
    fn elemexprs(&mut self) -> Result<Vec<Expr>> {
        let mut init = Vec::new();
        while self.kind(0) == Some(TokenKind::Open) {
            if self.accept_open("item") {
                self.uses(production!("Telemexpr_/plain"));
                init.push(self.expr()?);
                self.close(production!("Telemexpr_/plain"))?;
            } else {
                self.uses(production!("Telemexpr_/abbrev"));
                init.push(self.folded_expr()?);
            }
        }
        Ok(init)
    }
}
