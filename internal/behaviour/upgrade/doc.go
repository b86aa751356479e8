// Package upgrade checks that each later state of the library opens what an earlier one made. It holds tests alone:
// databases of both engines, dumps, page tokens and watch cursors of earlier versions lie in testdata, a folder for
// each version.
package upgrade
