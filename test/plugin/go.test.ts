import { go } from "./languages.ts";
import { tellStory } from "./story.ts";

tellStory(go);
