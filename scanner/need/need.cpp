#include "scanner/need/need.h"
