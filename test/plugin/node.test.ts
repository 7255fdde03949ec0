import { node } from "./languages.ts";
import { tellStory } from "./story.ts";

tellStory(node);
