// Package twin lets errors of internal packages be found as the types of package prom by which users know them. Those
// are declared there, so that their documentation prints, and are in memory what the internal ones are.
package twin

// As reports whether a target of errors.As is a type of package prom which an error of an internal package is there,
// and sets it. Kind returns the number of a kind of errors of package prom. Package prom provides both when it is
// initialized; without it nothing asks for its types.
var (
	As   = func(err error, target any) bool { return false }
	Kind = func(target error) (kind uint8, ok bool) { return 0, false }
)
