// Package scan moves values between rows and structs. It makes, once for a model, the plan that decodes each column
// straight into its place in the struct and encodes it from there, without reflection for each row and without boxing;
// it checks the rules of a column's values; and it remembers what a value looked like when it was loaded, so that a
// save writes only what changed.
//
// The package is one of two that use unsafe, and the only one here: a codec reads and writes the memory at a field's
// offset. That is right because a codec is made from the field's own type, the offset comes from reflect, and every
// entry point is generic in the model and checks once that the plan was made for it.
package scan
