//! The names of numeric and vector operators (6.3-text.instructions).

use super::*;

impl Display for Inn {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        NumType::from(*self).fmt(f)
    }
}

impl Display for Fnn {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        NumType::from(*self).fmt(f)
    }
}

impl Display for Sx {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Sx::U => "u",
            Sx::S => "s",
        })
    }
}

impl Display for Half {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Half::Low => "low",
            Half::High => "high",
        })
    }
}

impl Display for IShape {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            IShape::I8x16 => "i8x16",
            IShape::I16x8 => "i16x8",
            IShape::I32x4 => "i32x4",
            IShape::I64x2 => "i64x2",
        })
    }
}

impl Display for FShape {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FShape::F32x4 => "f32x4",
            FShape::F64x2 => "f64x2",
        })
    }
}

impl Display for Shape {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Shape::I(sh) => sh.fmt(f),
            Shape::F(sh) => sh.fmt(f),
        }
    }
}

impl Display for IUnOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            IUnOp::Clz => f.write_str("clz"),
            IUnOp::Ctz => f.write_str("ctz"),
            IUnOp::Popcnt => f.write_str("popcnt"),
            IUnOp::Extend(sz) => write!(f, "extend{}_s", sz.bits()),
        }
    }
}

impl Display for FUnOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FUnOp::Abs => "abs",
            FUnOp::Neg => "neg",
            FUnOp::Sqrt => "sqrt",
            FUnOp::Ceil => "ceil",
            FUnOp::Floor => "floor",
            FUnOp::Trunc => "trunc",
            FUnOp::Nearest => "nearest",
        })
    }
}

impl Display for UnOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            UnOp::I(nt, op) => write!(f, "{nt}.{op}"),
            UnOp::F(nt, op) => write!(f, "{nt}.{op}"),
        }
    }
}

impl Display for IBinOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            IBinOp::Add => f.write_str("add"),
            IBinOp::Sub => f.write_str("sub"),
            IBinOp::Mul => f.write_str("mul"),
            IBinOp::Div(sx) => write!(f, "div_{sx}"),
            IBinOp::Rem(sx) => write!(f, "rem_{sx}"),
            IBinOp::And => f.write_str("and"),
            IBinOp::Or => f.write_str("or"),
            IBinOp::Xor => f.write_str("xor"),
            IBinOp::Shl => f.write_str("shl"),
            IBinOp::Shr(sx) => write!(f, "shr_{sx}"),
            IBinOp::Rotl => f.write_str("rotl"),
            IBinOp::Rotr => f.write_str("rotr"),
        }
    }
}

impl Display for FBinOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FBinOp::Add => "add",
            FBinOp::Sub => "sub",
            FBinOp::Mul => "mul",
            FBinOp::Div => "div",
            FBinOp::Min => "min",
            FBinOp::Max => "max",
            FBinOp::Copysign => "copysign",
        })
    }
}

impl Display for BinOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            BinOp::I(nt, op) => write!(f, "{nt}.{op}"),
            BinOp::F(nt, op) => write!(f, "{nt}.{op}"),
        }
    }
}

impl Display for TestOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("eqz")
    }
}

impl Display for IRelOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            IRelOp::Eq => f.write_str("eq"),
            IRelOp::Ne => f.write_str("ne"),
            IRelOp::Lt(sx) => write!(f, "lt_{sx}"),
            IRelOp::Gt(sx) => write!(f, "gt_{sx}"),
            IRelOp::Le(sx) => write!(f, "le_{sx}"),
            IRelOp::Ge(sx) => write!(f, "ge_{sx}"),
        }
    }
}

impl Display for FRelOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FRelOp::Eq => "eq",
            FRelOp::Ne => "ne",
            FRelOp::Lt => "lt",
            FRelOp::Gt => "gt",
            FRelOp::Le => "le",
            FRelOp::Ge => "ge",
        })
    }
}

impl Display for RelOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            RelOp::I(nt, op) => write!(f, "{nt}.{op}"),
            RelOp::F(nt, op) => write!(f, "{nt}.{op}"),
        }
    }
}

/// The mnemonic of `CVTOP nt_2 nt_1 cvtop`.
pub(super) fn cvtop(nt_2: NumType, nt_1: NumType, op: CvtOp, f: &mut Formatter<'_>) -> fmt::Result {
    match op {
        CvtOp::Extend(sx) => write!(f, "{nt_2}.extend_{nt_1}_{sx}"),
        CvtOp::Wrap => write!(f, "{nt_2}.wrap_{nt_1}"),
        CvtOp::Convert(sx) => write!(f, "{nt_2}.convert_{nt_1}_{sx}"),
        CvtOp::Reinterpret => write!(f, "{nt_2}.reinterpret_{nt_1}"),
        CvtOp::Trunc(sx) => write!(f, "{nt_2}.trunc_{nt_1}_{sx}"),
        CvtOp::TruncSat(sx) => write!(f, "{nt_2}.trunc_sat_{nt_1}_{sx}"),
        CvtOp::Promote => write!(f, "{nt_2}.promote_{nt_1}"),
        CvtOp::Demote => write!(f, "{nt_2}.demote_{nt_1}"),
    }
}

impl Display for VVBinOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            VVBinOp::And => "and",
            VVBinOp::AndNot => "andnot",
            VVBinOp::Or => "or",
            VVBinOp::Xor => "xor",
        })
    }
}

impl Display for VIUnOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            VIUnOp::Abs => "abs",
            VIUnOp::Neg => "neg",
            VIUnOp::Popcnt => "popcnt",
        })
    }
}

impl Display for VUnOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            VUnOp::I(sh, op) => write!(f, "{sh}.{op}"),
            VUnOp::F(sh, op) => write!(f, "{sh}.{op}"),
        }
    }
}

impl Display for VIBinOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            VIBinOp::Add => f.write_str("add"),
            VIBinOp::Sub => f.write_str("sub"),
            VIBinOp::AddSat(sx) => write!(f, "add_sat_{sx}"),
            VIBinOp::SubSat(sx) => write!(f, "sub_sat_{sx}"),
            VIBinOp::Mul => f.write_str("mul"),
            VIBinOp::Avgr => f.write_str("avgr_u"),
            VIBinOp::Q15MulrSat => f.write_str("q15mulr_sat_s"),
            VIBinOp::RelaxedQ15Mulr => f.write_str("relaxed_q15mulr_s"),
            VIBinOp::Min(sx) => write!(f, "min_{sx}"),
            VIBinOp::Max(sx) => write!(f, "max_{sx}"),
        }
    }
}

impl Display for VFBinOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            VFBinOp::Add => "add",
            VFBinOp::Sub => "sub",
            VFBinOp::Mul => "mul",
            VFBinOp::Div => "div",
            VFBinOp::Min => "min",
            VFBinOp::Max => "max",
            VFBinOp::Pmin => "pmin",
            VFBinOp::Pmax => "pmax",
            VFBinOp::RelaxedMin => "relaxed_min",
            VFBinOp::RelaxedMax => "relaxed_max",
        })
    }
}

impl Display for VBinOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            VBinOp::I(sh, op) => write!(f, "{sh}.{op}"),
            VBinOp::F(sh, op) => write!(f, "{sh}.{op}"),
        }
    }
}

impl Display for VTernOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            VTernOp::RelaxedLaneselect(sh) => write!(f, "{sh}.relaxed_laneselect"),
            VTernOp::RelaxedMadd(sh) => write!(f, "{sh}.relaxed_madd"),
            VTernOp::RelaxedNmadd(sh) => write!(f, "{sh}.relaxed_nmadd"),
        }
    }
}

impl Display for VRelOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            VRelOp::I(sh, op) => write!(f, "{sh}.{op}"),
            VRelOp::F(sh, op) => write!(f, "{sh}.{op}"),
        }
    }
}

impl Display for VShiftOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            VShiftOp::Shl => f.write_str("shl"),
            VShiftOp::Shr(sx) => write!(f, "shr_{sx}"),
        }
    }
}

impl Display for VSwizzlOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            VSwizzlOp::Swizzle => "swizzle",
            VSwizzlOp::RelaxedSwizzle => "relaxed_swizzle",
        })
    }
}

/// The mnemonic of `VEXTBINOP sh_2 sh_1 vextbinop`.
pub(super) fn vextbinop(sh_2: IShape, sh_1: IShape, op: VExtBinOp, f: &mut Formatter<'_>) -> fmt::Result {
    match op {
        VExtBinOp::Extmul(half, sx) => write!(f, "{sh_2}.extmul_{half}_{sh_1}_{sx}"),
        VExtBinOp::Dot => write!(f, "{sh_2}.dot_{sh_1}_s"),
        // One operand has lanes of 7 bits, and the text format says so.
        VExtBinOp::RelaxedDot => write!(f, "{sh_2}.relaxed_dot_{sh_1}_i7x16_s"),
    }
}

/// The mnemonic of `VCVTOP sh_2 sh_1 vcvtop`.
pub(super) fn vcvtop(sh_2: Shape, sh_1: Shape, op: VCvtOp, f: &mut Formatter<'_>) -> fmt::Result {
    let zeroed = |zero| if zero { "_zero" } else { "" };
    match op {
        VCvtOp::Extend(half, sx) => write!(f, "{sh_2}.extend_{half}_{sh_1}_{sx}"),
        VCvtOp::Convert(None, sx) => write!(f, "{sh_2}.convert_{sh_1}_{sx}"),
        VCvtOp::Convert(Some(half), sx) => write!(f, "{sh_2}.convert_{half}_{sh_1}_{sx}"),
        VCvtOp::TruncSat(sx, zero) => write!(f, "{sh_2}.trunc_sat_{sh_1}_{sx}{}", zeroed(zero)),
        VCvtOp::RelaxedTrunc(sx, zero) => write!(f, "{sh_2}.relaxed_trunc_{sh_1}_{sx}{}", zeroed(zero)),
        VCvtOp::DemoteZero => write!(f, "{sh_2}.demote_{sh_1}_zero"),
        VCvtOp::PromoteLow => write!(f, "{sh_2}.promote_low_{sh_1}"),
    }
}
