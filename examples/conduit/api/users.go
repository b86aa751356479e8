package api

import (
	"errors"
	"net/http"

	"github.com/prom-go/prom"
)

// account is the form in which users register, and see and change themselves.
type account struct {
	Profile
	Email    string `json:"email"`
	Password string `json:"password,omitempty"` // of requests
	Token    string `json:"token"`              // of answers
}

func (s *Server) account(u *User) any {
	return object{"user": account{Profile: u.Profile, Email: u.Email, Token: s.token(u.ID)}}
}

func (s *Server) register(r *http.Request, _ int64) (any, error) {
	var in account
	if err := read(r, "user", &in); err != nil {
		return nil, err
	}
	u := User{Profile: in.Profile, Email: in.Email, Password: protect(in.Password)}
	if err := s.users.Create(r.Context(), &u); err != nil {
		return nil, err
	}
	return s.account(&u), nil
}

func (s *Server) login(r *http.Request, _ int64) (any, error) {
	var in account
	if err := read(r, "user", &in); err != nil {
		return nil, err
	}
	u, err := s.users.Where(userEmail.Eq(in.Email)).One(r.Context())
	if errors.Is(err, prom.ErrNotFound) {
		u = new(User)
	} else if err != nil {
		return nil, err
	}
	if !matches(in.Password, u.Password) {
		return nil, fault{http.StatusUnauthorized, "credentials", "invalid"}
	}
	return s.account(u), nil
}

func (s *Server) getUser(r *http.Request, viewer int64) (any, error) {
	u, err := s.users.Get(r.Context(), viewer)
	if err != nil {
		return nil, err
	}
	return s.account(u), nil
}

// updateUser reads the request into the stored user: fields that the request lacks keep their values, and Save writes
// those that changed.
func (s *Server) updateUser(r *http.Request, viewer int64) (any, error) {
	u, err := s.users.Get(r.Context(), viewer)
	if err != nil {
		return nil, err
	}
	in := account{Profile: u.Profile, Email: u.Email}
	if err := read(r, "user", &in); err != nil {
		return nil, err
	}
	u.Profile, u.Email = in.Profile, in.Email
	if in.Password != "" {
		u.Password = protect(in.Password)
	}
	if err := s.users.Save(r.Context(), u); err != nil {
		return nil, err
	}
	return s.account(u), nil
}

func (s *Server) getProfile(r *http.Request, viewer int64) (any, error) {
	u, err := s.users.Where(userName.Eq(r.PathValue("username"))).
		Compute(following(viewer)).One(r.Context())
	return object{"profile": u}, err
}

// follow does nothing when the viewer follows the user already.
func (s *Server) follow(r *http.Request, viewer int64) (any, error) {
	u, err := s.users.Where(userName.Eq(r.PathValue("username"))).One(r.Context())
	if err != nil {
		return nil, err
	}
	f := Follow{Followee: prom.RefTo(u), Follower: prom.NewRef[User](viewer)}
	if _, err := s.follows.OnConflict().DoNothing().Create(r.Context(), &f); err != nil {
		return nil, err
	}
	return s.getProfile(r, viewer)
}

func (s *Server) unfollow(r *http.Request, viewer int64) (any, error) {
	of := followFollowee.Has(userName.Eq(r.PathValue("username")))
	if _, err := s.follows.Where(of, followFollower.Eq(viewer)).Delete(r.Context()); err != nil {
		return nil, err
	}
	return s.getProfile(r, viewer)
}
