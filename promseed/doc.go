// Package promseed has the words of gofakeit for the factories of package promtest, and YAML for its fixtures. It is a
// separate module, so that these libraries do not become dependencies of programs that use prom.
//
//	people := promtest.New[Person](db, promtest.Fake(promseed.Faker()))
//	rows := promtest.LoadedFixtures(t, ctx, os.DirFS("testdata"), repos, promseed.YAML())
package promseed
