package fieldgen

import (
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"slices"
)

// promPath is the path of package prom.
const promPath = "github.com/prom-go/prom"

// models returns the models of the package, by their names: those of the list, or without one the structs that embed a
// [prom.Model], those that have a repo or a query, and those that relations lead to.
func (p *loaded) models(named []string) ([]*types.Named, error) {
	found := map[string]*types.Named{}
	for _, name := range named {
		t := p.local(p.pkg.Scope().Lookup(name))
		if t == nil {
			return nil, fmt.Errorf("%s declares no struct %s without type parameters", p.pkg.Name(), name)
		}
		found[name] = t
	}
	if named == nil {
		p.findModels(found)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("the package %s has no models: no struct embeds prom.Model, and none has a repo", p.pkg.Name())
	}
	list := make([]*types.Named, 0, len(found))
	for _, name := range slices.Sorted(maps.Keys(found)) {
		list = append(list, found[name])
	}
	return list, nil
}

func (p *loaded) findModels(found map[string]*types.Named) {
	parts := map[string]bool{} // structs that are embedded in others
	for _, name := range p.pkg.Scope().Names() {
		t := p.local(p.pkg.Scope().Lookup(name))
		if t == nil {
			continue
		}
		if p.embedsModel(t, 0) {
			found[name] = t
		}
		for f := range t.Underlying().(*types.Struct).Fields() {
			if part, ok := types.Unalias(f.Type()).(*types.Named); ok && f.Embedded() {
				parts[part.Obj().Name()] = parts[part.Obj().Name()] || part.Obj().Pkg() == p.pkg
			}
		}
	}
	maps.DeleteFunc(found, func(name string, _ *types.Named) bool { return parts[name] })
	for id, instance := range p.info.Instances {
		obj := p.info.Uses[id]
		if obj == nil || obj.Pkg() == nil || obj.Pkg().Path() != promPath || instance.TypeArgs.Len() == 0 {
			continue
		}
		n := 0
		switch obj.Name() {
		case "NewRepo", "Repo", "Query", "Ref", "RefBy", "Many", "CompositeRef":
			n = 1
		case "ManyToMany":
			n = 2
		}
		for i := range n {
			if named, ok := types.Unalias(instance.TypeArgs.At(i)).(*types.Named); ok {
				if t := p.local(named.Obj()); t != nil {
					found[named.Obj().Name()] = t
				}
			}
		}
	}
}

// local returns the struct type without type parameters that the package declares as that, or nil.
func (p *loaded) local(obj types.Object) *types.Named {
	name, ok := obj.(*types.TypeName)
	if !ok || name.IsAlias() || name.Parent() != p.pkg.Scope() {
		return nil
	}
	t, ok := name.Type().(*types.Named)
	if !ok || t.TypeParams().Len() > 0 {
		return nil
	}
	if _, ok := t.Underlying().(*types.Struct); !ok {
		return nil
	}
	return t
}

// embedsModel reports whether a struct embeds prom.Model or prom.UUIDModel, or another that does.
func (p *loaded) embedsModel(t types.Type, depth int) bool {
	s, ok := t.Underlying().(*types.Struct)
	if !ok || depth > maxDepth {
		return false
	}
	for f := range s.Fields() {
		if f.Embedded() && (isProm(f.Type(), "Model", "UUIDModel") || p.embedsModel(f.Type(), depth+1)) {
			return true
		}
	}
	return false
}

// maxDepth is how deep structs are looked for in each other. No type that compiles comes near it.
const maxDepth = 50

// promType returns a type as one that package prom declares, or nil.
func promType(t types.Type, names ...string) *types.Named {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || !slices.Contains(names, named.Obj().Name()) {
		return nil
	}
	if path := named.Obj().Pkg().Path(); path != promPath && path != promPath+"/schema" {
		return nil
	}
	return named
}

func isProm(t types.Type, names ...string) bool { return promType(t, names...) != nil }

// codecs returns the types for which the package registers a codec, and where.
func (p *loaded) codecs() map[*types.TypeName]token.Position {
	found := map[*types.TypeName]token.Position{}
	for id, instance := range p.info.Instances {
		obj := p.info.Uses[id]
		if obj == nil || obj.Pkg() == nil || obj.Pkg().Path() != promPath || obj.Name() != "RegisterCodec" ||
			instance.TypeArgs.Len() == 0 {
			continue
		}
		if named, ok := types.Unalias(instance.TypeArgs.At(0)).(*types.Named); ok {
			found[named.Obj()] = p.fset.Position(id.Pos())
		}
	}
	return found
}
