import { python } from "./languages.ts";
import { tellStory } from "./story.ts";

tellStory(python);
