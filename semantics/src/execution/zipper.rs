//! The context of a reduction. (Being written.)

/// The hole's surroundings.
#[derive(Debug, Default)]
pub struct Zipper {}
