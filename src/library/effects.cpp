#include "library/effects.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

#include "library/effect_sounds.h"

namespace understudy::library {
namespace {

constexpr double kEffectPeak = 0.7;  // -3 dBFS
constexpr double kEffectLufsMax = -14;
constexpr double kAmbienceLufs = -23;  // of what lies under speech
constexpr double kFadeSeconds = 0.03;

struct Row {
  Effect effect;
  Recipe recipe;
};

// clang-format off
constexpr Row kRows[] = {
    // motion and emphasis
    {{"whoosh", "Whoosh", "whoosh, swoosh, transition, air, movement", "Air that passes from left to right.", 0.9, 0.45, "hit"}, make_whoosh},
    {{"fast-whoosh", "Fast whoosh", "whoosh, swoosh, fast, quick, transition, throw", "A short, sharp whoosh.", 0.45, 0.22, "hit"}, make_fast_whoosh},
    {{"deep-whoosh", "Deep whoosh", "whoosh, deep, low, cinematic, transition, trailer", "A slow and low whoosh.", 1.6, 0.85, "hit"}, make_deep_whoosh},
    {{"swipe", "Swipe", "swipe, slide, interface, transition, page", "A light swipe, as over a screen.", 0.3, 0.15, "hit"}, make_swipe},
    {{"riser", "Riser", "riser, buildup, tension, rise, transition, electronic", "Noise and tones that climb for three seconds.", 3.6, 3.0, "riser"}, make_riser},
    {{"tension-riser", "Tension riser", "riser, tension, suspense, horror, cinematic, buildup, trailer", "Trembling strings of a synthesiser that climb.", 5.0, 4.5, "riser"}, make_tension_riser},
    {{"downlifter", "Downlifter", "downlifter, drop, fall, transition, release", "Noise and a tone that fall.", 2.6, 0.1, "hit"}, make_downlifter},
    {{"impact", "Cinematic impact", "impact, hit, cinematic, trailer, epic, slam", "A hard hit with a long room.", 3.0, 0.04, "hit"}, make_impact},
    {{"soft-impact", "Soft impact", "impact, hit, soft, thud, bump", "A soft thud.", 1.2, 0.02, "hit"}, make_soft_impact},
    {{"boom", "Deep boom", "boom, bass, sub, deep, trailer, drop", "A very low boom.", 4.0, 0.06, "hit"}, make_boom},
    {{"explosion", "Explosion", "explosion, blast, bomb, war, action", "A blast with falling rubble.", 3.6, 0.05, "hit"}, make_explosion},
    {{"glitch", "Glitch", "glitch, digital, error, computer, technology, stutter", "A stutter of broken digital sound.", 0.8, 0.32, "hit"}, make_glitch},
    {{"laser", "Laser shot", "laser, gun, shot, space, scifi, game", "A shot of a space gun.", 0.7, 0.02, "hit"}, make_laser},
    {{"electric-zap", "Electric zap", "zap, electricity, spark, shock, power", "An electric arc.", 0.9, 0.2, "hit"}, make_zap},
    {{"power-up", "Power up", "power up, start, machine, energy, scifi, game", "A machine that starts.", 1.6, 1.3, "riser"}, make_power_up},
    {{"power-down", "Power down", "power down, stop, shutdown, machine, off", "A machine that stops.", 1.4, 0.88, "hit"}, make_power_down},
    {{"magic-sparkle", "Magic sparkle", "magic, sparkle, fairy, shimmer, twinkle, wand, glitter, christmas", "A shower of tiny bells.", 2.8, 1.0, "hit"}, make_magic},
    {{"boing", "Boing", "boing, spring, bounce, cartoon, funny, jump", "A spring, as in a cartoon.", 1.0, 0.05, "hit"}, make_boing},
    {{"slide-whistle", "Slide whistle down", "slide whistle, fall, cartoon, funny, drop", "A whistle that slides down.", 1.1, 0.37, "hit"}, make_slide_whistle},
    {{"punch", "Punch", "punch, hit, fight, action, slap", "A punch in a fight.", 0.5, 0.01, "hit"}, make_punch},
    {{"sword", "Sword", "sword, blade, metal, slash, fight, medieval, knight", "A blade that is drawn and strikes.", 1.6, 0.16, "hit"}, make_sword},
    {{"record-scratch", "Record scratch", "record scratch, vinyl, dj, stop, hip hop, funny", "A record stopped by hand.", 0.85, 0.6, "hit"}, make_record_scratch},
    {{"tape-stop", "Tape stop", "tape, stop, slow down, rewind, transition", "A tape that slows down to nothing.", 1.2, 0.78, "hit"}, make_tape_stop},
    {{"drum-roll", "Drum roll", "drum roll, drumroll, suspense, announcement, circus, award", "A snare roll that ends on a crash.", 4.2, 2.9, "riser"}, make_drum_roll},
    {{"rimshot", "Joke drum rimshot", "rimshot, ba dum tss, joke, comedy, drum, funny, punchline", "Drums after a joke.", 2.4, 0.5, "hit"}, make_rimshot},
    // signals and devices
    {{"click", "Mouse click", "click, mouse, button, computer, interface, tap", "A click of a mouse.", 0.15, 0.01, "hit"}, make_click},
    {{"pop", "Pop", "pop, bubble, interface, appear, cartoon, cork", "A small pop.", 0.2, 0.02, "hit"}, make_pop},
    {{"bubbles", "Bubbles", "bubbles, water, underwater, boil, aquarium, liquid", "Bubbles in water.", 2.4, 0, "bed"}, make_bubbles},
    {{"ding", "Ding", "ding, bell, chime, alert, correct, elevator", "One clear bell.", 2.0, 0.03, "hit"}, make_ding},
    {{"notification", "Notification", "notification, alert, chime, phone, app, message", "Two rising chimes.", 1.6, 0.15, "hit"}, make_notification},
    {{"message", "Message received", "message, notification, sms, chat, inbox, mail, pop", "Three wooden notes.", 1.2, 0.13, "hit"}, make_message},
    {{"success", "Success", "success, correct, win, complete, achievement, positive, yes", "Four rising bells.", 2.4, 0.3, "hit"}, make_success},
    {{"fanfare", "Victory fanfare", "fanfare, victory, win, trumpet, celebration, award, winner, brass", "A short fanfare of brass.", 3.6, 0.84, "hit"}, make_fanfare},
    {{"error-buzz", "Error", "error, wrong, buzzer, fail, incorrect, denied, no", "Two low buzzes.", 0.6, 0.34, "hit"}, make_error},
    {{"sad-trombone", "Sad trombone", "fail, sad trombone, loser, funny, wah wah, game over, joke", "Four falling notes with a mute.", 2.8, 0.31, "hit"}, make_fail},
    {{"beep", "Beep", "beep, censor, tone, bleep, signal", "A plain tone.", 0.35, 0.04, "hit"}, make_beep},
    {{"countdown", "Countdown beeps", "countdown, timer, race, start, beep, three two one", "Three beeps and a high one.", 3.8, 3.04, "riser"}, make_countdown},
    {{"alarm", "Alarm clock", "alarm, clock, wake up, morning, beep, emergency, warning", "The beeps of an alarm clock.", 4.4, 0.04, "hit"}, make_alarm},
    {{"siren", "Emergency siren", "siren, police, ambulance, emergency, alarm, danger", "A siren that rises and falls.", 6.0, 0.98, "hit"}, make_siren},
    {{"doorbell", "Doorbell", "doorbell, door, bell, ring, visitor, home, ding dong", "Ding dong.", 3.0, 0.78, "hit"}, make_doorbell},
    {{"phone-ring", "Telephone ringing", "phone, telephone, ring, call, ringtone, office, old", "A telephone with a bell rings twice.", 3.2, 0.44, "hit"}, make_phone_ring},
    {{"phone-dial", "Dialling a phone", "phone, dial, keypad, tones, call, telephone", "Seven keys of a telephone.", 1.8, 0.13, "hit"}, make_dial_tone},
    {{"camera-shutter", "Camera shutter", "camera, shutter, photo, picture, snapshot, click, paparazzi", "The shutter of a camera.", 0.3, 0.02, "hit"}, make_camera},
    {{"typing", "Keyboard typing", "typing, keyboard, computer, office, writing, work", "Somebody types.", 5.0, 0, "bed"}, make_typing},
    {{"typewriter", "Typewriter", "typewriter, typing, old, retro, writing, letter, author", "An old typewriter, with its bell.", 4.0, 0, "bed"}, make_typewriter},
    {{"clock-ticking", "Clock ticking", "clock, tick, ticking, time, timer, waiting, countdown, quiz", "A clock ticks.", 8.0, 0, "bed"}, make_clock},
    {{"cash-register", "Cash register", "cash register, money, sale, shop, kaching, payment, purchase, coins", "The bell of a till, and coins.", 1.6, 0.2, "hit"}, make_cash_register},
    {{"coin", "Game coin", "coin, game, collect, point, bonus, arcade, 8bit", "A coin in an old video game.", 0.7, 0.1, "hit"}, make_coin},
    {{"game-jump", "Game jump", "jump, game, arcade, 8bit, retro, bounce", "A jump in an old video game.", 0.35, 0.05, "hit"}, make_game_jump},
    {{"school-bell", "School bell", "school bell, bell, break, class, ring, alarm", "A rattling school bell.", 3.4, 0.2, "hit"}, make_school_bell},
    {{"church-bell", "Church bell", "church bell, bell, wedding, tower, religion, funeral, town", "Two strokes of a large bell.", 6.0, 0.54, "hit"}, make_church_bell},
    {{"robot", "Robot chatter", "robot, computer, machine, scifi, android, ai, beep", "Beeps of a talkative robot.", 2.2, 0.99, "hit"}, make_robot},
    {{"radio-static", "Radio static", "static, radio, tv, noise, interference, white noise, signal", "Noise of a radio between stations.", 4.0, 0, "bed"}, make_static},
    // nature, people, things
    {{"rain", "Rain", "rain, weather, storm, nature, drops, shower, relaxing", "Steady rain.", 10.0, 0, "bed"}, make_rain},
    {{"thunder", "Thunder", "thunder, storm, lightning, weather, rumble", "A clap of thunder that rolls away.", 6.0, 0.07, "hit"}, make_thunder},
    {{"wind", "Wind", "wind, storm, weather, breeze, howling, cold, nature", "Wind that comes and goes.", 10.0, 0, "bed"}, make_wind},
    {{"ocean-waves", "Ocean waves", "waves, ocean, sea, beach, water, nature, relaxing", "Waves on a beach.", 12.0, 0, "bed"}, make_waves},
    {{"stream", "Stream", "stream, river, water, brook, creek, nature, relaxing", "A small stream.", 8.0, 0, "bed"}, make_stream},
    {{"water-drop", "Water drop", "water, drop, drip, cave, liquid", "A drop in a cave.", 1.8, 0.03, "hit"}, make_water_drop},
    {{"fireplace", "Fireplace", "fire, fireplace, campfire, crackle, flames, warm, cosy", "A crackling fire.", 8.0, 0, "bed"}, make_fire},
    {{"birds", "Birds singing", "birds, birdsong, nature, morning, forest, spring, tweet, chirp", "Birds in the morning.", 8.0, 0, "bed"}, make_birds},
    {{"crickets", "Crickets", "crickets, night, insects, summer, nature, awkward silence", "Crickets at night.", 6.0, 0, "bed"}, make_crickets},
    {{"dog-bark", "Dog barking", "dog, bark, barking, pet, animal, puppy", "A dog barks twice.", 1.2, 0.1, "hit"}, make_dog},
    {{"heartbeat", "Heartbeat", "heartbeat, heart, pulse, tension, medical, suspense, life", "A heart beats.", 6.0, 0, "bed"}, make_heartbeat},
    {{"applause", "Applause", "applause, clapping, audience, crowd, theatre, award, ovation", "A hall applauds.", 6.0, 0, "bed"}, make_applause},
    {{"crowd-cheer", "Crowd cheering", "crowd, cheer, cheering, audience, stadium, fans, celebration, hooray, sport", "A crowd shouts, claps and whistles.", 6.0, 0, "bed"}, make_cheer},
    {{"footsteps", "Footsteps", "footsteps, steps, walking, walk, shoes, floor, hallway", "Somebody walks along a corridor.", 5.0, 0, "bed"}, make_footsteps},
    {{"door-knock", "Knock on a door", "knock, knocking, door, wood, visitor", "Three knocks on wood.", 1.2, 0.03, "hit"}, make_knock},
    {{"door-close", "Door closing", "door, close, shut, slam, room", "A door falls shut.", 1.0, 0.05, "hit"}, make_door_close},
    {{"door-creak", "Creaking door", "door, creak, creaking, horror, haunted, open, old, scary, squeak", "An old door opens slowly.", 2.6, 0.92, "hit"}, make_door_creak},
    {{"glass-break", "Glass breaking", "glass, break, breaking, shatter, smash, window, crash", "A pane of glass breaks.", 1.8, 0.08, "hit"}, make_glass},
    {{"paper", "Paper", "paper, page, crumple, rustle, sheet, book, turn", "A sheet of paper is crumpled.", 1.2, 0.56, "hit"}, make_paper},
    {{"car-pass", "Car passing by", "car, pass, drive, street, vehicle, traffic, flyby", "A car passes from left to right.", 4.4, 2.2, "hit"}, make_car_pass},
    {{"car-horn", "Car horn", "car horn, horn, honk, traffic, vehicle, street", "Two honks.", 1.6, 0.4, "hit"}, make_car_horn},
    {{"engine-start", "Engine start", "engine, start, car, motor, vehicle, ignition", "An engine starts and runs.", 4.0, 1.01, "hit"}, make_engine},
    {{"train", "Train", "train, railway, wheels, travel, journey, rail, tracks", "Wheels on the joints of a track.", 6.0, 0, "bed"}, make_train},
    {{"airplane", "Airplane flying over", "airplane, plane, aircraft, jet, flight, travel, flyby, airport", "A jet flies over.", 7.0, 3.78, "hit"}, make_plane},
    {{"rocket-launch", "Rocket launch", "rocket, launch, space, takeoff, engine, startup", "A rocket takes off.", 6.0, 2.11, "hit"}, make_rocket},
    {{"helicopter", "Helicopter", "helicopter, rotor, aircraft, flight, rescue, military", "The rotor of a helicopter.", 6.0, 0, "bed"}, make_helicopter},
    {{"city-traffic", "City traffic", "traffic, city, street, cars, urban, ambience, road", "A street in a city.", 12.0, 0, "bed"}, make_traffic},
    {{"office-ambience", "Office ambience", "office, ambience, room, people, keyboards, work, background, murmur", "Murmur and keyboards in a large office.", 12.0, 0, "bed"}, make_office},
};
// clang-format on

double peak_of(const Mix& mix) {
  double peak = 0;
  for (const auto* side : {&mix.left(), &mix.right()}) {
    for (const float value : *side) peak = std::max<double>(peak, std::abs(value));
  }
  return peak;
}

void scale(Mix& mix, double gain) {
  for (auto* side : {&mix.left(), &mix.right()}) {
    for (float& value : *side) value *= static_cast<float>(gain);
  }
}

void fade_out(Mix& mix) {
  const auto count = static_cast<std::int64_t>(kFadeSeconds * kRate);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto frame = static_cast<std::size_t>(mix.frames() - 1 - i);
    const auto level = static_cast<float>(static_cast<double>(i) / static_cast<double>(count));
    mix.left()[frame] *= level;
    mix.right()[frame] *= level;
  }
}

}  // namespace

std::span<const Effect> effects() {
  static const std::vector<Effect> kAll = [] {
    std::vector<Effect> all;
    for (const Row& row : kRows) all.push_back(row.effect);
    return all;
  }();
  return kAll;
}

Mix play_effect(const Effect& effect) {
  const auto row = std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& candidate) {
    return candidate.effect.id == effect.id;
  });
  const auto seed = static_cast<std::uint32_t>(row - std::begin(kRows)) * 97u + 5u;
  Sketch sketch(effect.seconds, false, seed);
  row->recipe(sketch);
  Mix mix = std::move(sketch.mix());
  shape(mix, 24, 0);
  if (effect.placement == "bed") {
    settle(mix, kAmbienceLufs, kEffectPeak);
  } else {
    scale(mix, kEffectPeak / std::max(1e-6, peak_of(mix)));
    const double excess = loudness_of(mix) - kEffectLufsMax;  // of what sounds all the time
    if (excess > 0) scale(mix, std::pow(10, -excess / 20));
  }
  fade_out(mix);
  return mix;
}

}  // namespace understudy::library
