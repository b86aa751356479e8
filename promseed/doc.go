// Package promseed has texts of a library for the factories of promtest, and YAML for its fixtures. It is a module of
// its own, so that the library does not become a dependency of programs that use prom.
//
//	people := promtest.New[Person](db, promtest.Fake(promseed.Faker()))
//	rows := promtest.LoadedFixtures(t, ctx, os.DirFS("testdata"), repos, promseed.YAML())
package promseed
