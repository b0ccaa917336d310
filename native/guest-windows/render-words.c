#include "render-words.h"

const char *string_of(struct arena *arena, struct json object, const char *name) {
  const char *string = json_string(arena, json_member(object, name));
  return string == NULL ? "" : string;
}

const char *holder_of(struct arena *arena, struct json device) {
  const char *holder = json_string(arena, json_member(device, "with"));
  return holder == NULL ? "nobody" : holder;
}

const char *use_of(struct arena *arena, struct json looking_glass) {
  static const char *const uses[][2] = {
      {"alive", "host alive"},
      {"dead", "host stopped"},
      {"none", "no host"},
      {"unknown", "host not known yet"},
  };
  if (!json_is_true(json_member(looking_glass, "present"))) return "file missing";
  const char *host = string_of(arena, looking_glass, "host");
  for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
    if (equal(host, uses[i][0])) return uses[i][1];
  }
  return joined(arena, "host ", host, NULL);
}
