// Package fieldgen writes the handles of a package's models as Go source: one struct of them for each model. It is what
// promgen -fields does, and promtest.CheckFields.
package fieldgen
