//! Chapter 3: numerics. (Being written.)
